// The search of the site, in place of the theme's: it takes the same messages. It forgives spelling, reads Chinese in
// pairs of characters, and never comes back empty-handed. docs/adr/0024-own-search.md says why the theme's is not enough.
"use strict";

const STOP = new Set(("a an and are as at be but by can could did do does for from had has have he how i if in into is it its me my " +
  "of on or our out please so than that the their them then there they this to was we were what when where which who why will with would you your " +
  "get got gets after") .split(" "));
const STOP_HAN = /[的了吗呢吧啊请和与]|怎么办|怎么样|怎么|如何|什么|为何|哪里|哪个|可以|一下|我们|我的/gu;
// One word for what people call by several names. Both sides are written as they are typed.
const SAME = [
  ["restart", "reboot", "restarted", "rebooted"], ["certificate", "cert", "certs"], ["tls", "ssl", "https"],
  ["migration", "migrate", "move", "moving", "relocate"], ["outage", "downtime", "weekend", "shutdown", "blackout"],
  ["license", "licence"], ["address", "url"], ["unbind", "deactivate", "unregister"], ["expired", "expire", "expires", "outdated", "old"],
  ["failed", "fails", "fail", "failure", "failing"], ["changed", "change", "changes", "different", "moved"], ["locked", "lock", "lockout", "blocked"],
  ["mail", "email", "e-mail"], ["title", "subject"], ["offline", "closed", "air-gapped", "airgap"], ["wrong", "incorrect", "invalid", "mismatch", "mismatched"],
  ["missing", "lost", "gone"], ["timeout", "timed"], ["verification", "digits"], ["seats", "connections", "nodes", "authorizations"],
];
const SAME_HAN = [["帐", "账"], ["登陆", "登录"], ["失效", "过期"], ["扫码", "扫描"], ["变了", "变化"], ["连接不上", "无法连接"], ["连不上", "无法连接"],
  ["报错", "错误"], ["许可证", "许可"], ["重启动", "重启"], ["关机", "停机"], ["搬迁", "迁移"], ["打不开", "无法打开"], ["满了", "已满"]];
// Words that say only that something is wrong: they decide between pages that fit otherwise.
const GENERAL = new Set(["failed", "error", "problem", "issue", "work", "working", "help", "shown", "show", "used", "using"]);
const FIELDS = { title: 5, phrases: 4, head: 1.6, text: 1 };
const canonical = new Map(SAME.flatMap((group) => group.map((word) => [word, group[0]])));
const letters = /[\p{L}\p{N}_]+/gu;
const han = /\p{sc=Han}/u;

let pages = []; // {doc, sections, boost, fields: {name: Map(term -> count)}, lengths}
let rarity = new Map(); // term -> how rare it is
let vocabulary = []; // every latin term
let shown = { suggest: false };

// -- texts to terms

function plain(markup) {
  return markup.replace(/<[^>]*>/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"').replace(/&amp;/g, "&");
}

function folded(text) {
  let made = text.normalize("NFKC").replace(/\u200b/g, "").toLowerCase().replace(/['\u2019]/g, "");
  for (const [from, to] of SAME_HAN) made = made.replaceAll(from, to);
  return made;
}

function stem(word) {
  if (/\d|_/.test(word) || word.length < 5) return canonical.get(word) || word;
  const known = canonical.get(word);
  if (known) return known;
  const cut = word.replace(/(?:ations?|ating|ated|ates?|ings?|ions?|ies|ed|es|s|e|y)$/, "");
  return cut.length >= 4 ? cut : word;
}

function terms(text) {
  const made = [];
  for (const [run] of folded(text).matchAll(letters)) {
    for (const part of run.match(/\p{sc=Han}+|[^\p{sc=Han}]+/gu)) {
      if (!han.test(part)) {
        made.push(part);
        if (part.includes("_")) made.push(...part.split("_").filter(Boolean));
      } else if (part.length === 1) made.push(part);
      else for (let at = 0; at + 1 < part.length; at++) made.push(part.slice(at, at + 2));
    }
  }
  return made;
}

function count(into, text, weight = 1) {
  for (const term of terms(text)) {
    into.set(term, (into.get(term) || 0) + weight);
    const root = "~" + stem(term);
    into.set(root, (into.get(root) || 0) + weight);
  }
}

// -- building

function setup({ docs, options }) {
  shown = options || shown;
  const by = new Map();
  for (const doc of docs) {
    const [path] = doc.location.split("#");
    if (!by.has(path)) by.set(path, { doc, sections: [], boost: doc.boost ?? 1, fields: {}, texts: {} });
    else by.get(path).sections.push(doc);
  }
  pages = [...by.values()];
  for (const page of pages) read(page);
  const seen = new Map();
  for (const page of pages)
    for (const term of new Set(Object.values(page.fields).flatMap((field) => [...field.keys()]))) seen.set(term, (seen.get(term) || 0) + 1);
  rarity = new Map([...seen].map(([term, times]) => [term, Math.log(1 + (pages.length - times + 0.5) / (times + 0.5))]));
  vocabulary = [...rarity.keys()].filter((term) => term[0] !== "~" && !han.test(term) && term.length > 2);
}

function read(page) {
  const [title, phrases, head, text] = [new Map(), new Map(), new Map(), new Map()];
  count(title, plain(page.doc.title));
  for (const doc of [page.doc, ...page.sections]) {
    // A list of phrases stands in a paragraph that begins with a sign of its own.
    const [body, asked = ""] = doc.text.split("\u2063");
    count(text, plain(body));
    if (asked) count(phrases, plain(asked));
    if (doc !== page.doc) count(head, plain(doc.title));
    page.texts.phrases = (page.texts.phrases || "") + (asked && " " + folded(plain(asked)));
  }
  page.texts.title = folded(plain(page.doc.title));
  page.fields = { title, phrases, head, text };
  page.length = [...text.values()].reduce((sum, number) => sum + number, 0);
}

// -- asking

function near(one, two, most) {
  if (Math.abs(one.length - two.length) > most) return most + 1;
  let before = [], row = [...Array(two.length + 1).keys()];
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= two.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === two[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[two.length];
}

function variants(word, last) {
  // What the word may stand for, each with its weight.
  const found = new Map();
  const add = (term, weight) => { if (rarity.has(term) && weight > (found.get(term) || 0)) found.set(term, weight); };
  add(word, 1);
  add("~" + stem(word), 0.85);
  if (han.test(word)) return found;
  const known = found.size > 0;
  if (word.length >= 3 && (last || !known))
    for (const term of vocabulary) if (term !== word && term.startsWith(word)) add(term, (known ? 0.25 : 0.8) * Math.sqrt(word.length / term.length));
  if (!known) {
    const most = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
    for (const term of vocabulary) {
      const apart = most && term.length > 2 ? near(word, term, most) : most + 1;
      if (apart <= most) { add(term, 0.95 - 0.2 * apart); add("~" + stem(term), 0.9 - 0.2 * apart); }
    }
  }
  return found;
}

function words(query) {
  const text = folded(query).replace(STOP_HAN, " ");
  const all = [...new Set(terms(text))];
  const kept = all.filter((word) => !STOP.has(word));
  const asked = kept.length ? kept : all;
  const latin = asked.filter((word) => !han.test(word));
  // One word that the pages write as two counts as two: the halves that are rarest together.
  const halved = asked.flatMap((word) => (rarity.has(word) || rarity.has("~" + stem(word)) || han.test(word) ? [word] : halves(word) || [word]));
  const made = halved.map((word, at) => ({ word, forms: variants(word, at === halved.length - 1) }));
  // Two words that the pages write as one.
  latin.slice(1).forEach((word, at) => {
    const joined = latin[at] + word;
    const [close] = rarity.has(joined) ? [joined] : joined.length > 9 ? vocabulary.filter((term) => near(joined, term, 1) <= 1) : [];
    if (close) for (const part of made) if ([latin[at], word].includes(part.word)) part.forms.set(close, 0.9);
  });
  return made;
}

function halves(word) {
  if (/\d/.test(word)) return null;
  let best = null, most = 0;
  for (let at = 2; at <= word.length - 2; at++) {
    const [left, right] = [word.slice(0, at), word.slice(at)];
    const least = Math.min(rarity.get(left) || 0, rarity.get(right) || 0);
    if (least > most) [best, most] = [[left, right], least];
  }
  return best;
}

function score(page, asked, whole) {
  let sum = 0, had = 0, could = 0;
  const matched = {};
  for (const { word, forms } of asked) {
    const share = GENERAL.has(stem(word)) || GENERAL.has(word) ? 0.35 : 1;
    const rare = share * Math.max(0.8, ...[...forms.keys()].map((term) => rarity.get(term)));
    let best = 0;
    for (const [term, weight] of forms) {
      let value = 0;
      for (const [name, field] of Object.entries(page.fields)) {
        const times = field.get(term);
        if (times) value += FIELDS[name] * (times * 2) / (times + (name === "text" ? 0.5 + page.length / 400 : 1));
      }
      best = Math.max(best, share * value * weight * rarity.get(term));
    }
    sum += best;
    could += rare;
    if (best) had += rare;
    matched[word] = best > 0;
  }
  if (!sum) return null;
  let total = sum * (0.25 + 0.75 * (had / could) ** 2);
  if (whole.length > 2 && page.texts.title.includes(whole)) total *= 1.5;
  else if (whole.length > 2 && page.texts.phrases.includes(whole)) total *= 1.6;
  return { page, score: total * page.boost, matched };
}

function alike(query) {
  // Nothing fits: the titles that share most groups of letters, so that nobody is left without a way on.
  const groups = (text) => new Set([...Array(Math.max(1, text.length - 1)).keys()].map((at) => text.slice(at, at + 2)));
  const wanted = groups(query);
  return pages
    .map((page) => {
      const has = groups(page.texts.title + page.texts.phrases.slice(0, 300));
      return { page, score: 0.01 * page.boost * [...wanted].filter((each) => has.has(each)).length, matched: {} };
    })
    // Not even a group of letters: the pages that help to find the right one.
    .map((result) => (/registration-failed|read-an-error|^failures\/index/.test(result.page.doc.location) ? { ...result, score: result.score + 0.001 } : result))
    .filter((result) => result.score > 0)
    .sort((one, two) => two.score - one.score)
    .slice(0, 5);
}

// -- answering

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function marked(text, forms) {
  if (!forms.length) return escaped(text);
  const pattern = new RegExp(`(${forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "giu");
  return escaped(text).replace(pattern, "<mark data-md-highlight>$1</mark>");
}

function teaser(doc, forms) {
  const text = plain(doc.text.split("\u2063")[0]).replace(/\s+/g, " ").trim();
  const at = Math.max(0, Math.min(...forms.map((form) => text.toLowerCase().indexOf(form)).filter((place) => place >= 0), text.length) - 60);
  const begin = at >= text.length ? 0 : at;
  return (begin ? "\u2026" : "") + marked(text.slice(begin, begin + 220), forms) + (begin + 220 < text.length ? "\u2026" : "");
}

function answer(query) {
  const whole = folded(query).trim().replace(/\s+/g, " ");
  const asked = words(query);
  if (!whole) return { items: [], ...(shown.suggest && { suggest: [] }) };
  const all = pages.map((page) => score(page, asked, whole)).filter(Boolean).sort((one, two) => two.score - one.score);
  const best = all.length ? all.slice(0, 30) : alike(whole);
  const forms = [...new Set(asked.flatMap(({ forms }) => [...forms.keys()].filter((term) => term[0] !== "~" && term.length > 1)))];
  const items = best.map(({ page, score: points, matched }) => {
    const fits = (doc) => terms(plain(doc.title + " " + doc.text)).filter((term) => forms.includes(term)).length;
    const parts = page.sections.map((doc) => [fits(doc), doc]).filter(([times]) => times).sort((one, two) => two[0] - one[0]).slice(0, 2);
    const made = [page.doc, ...parts.map(([, doc]) => doc)];
    return made.map((doc, at) => ({ ...doc, title: marked(plain(doc.title), forms), text: teaser(doc, forms), score: points - at * 1e-6, terms: matched }));
  });
  if (!shown.suggest) return { items };
  const last = whole.split(" ").pop();
  const longer = vocabulary.filter((term) => last.length > 2 && term.startsWith(last)).sort((one, two) => rarity.get(one) - rarity.get(two));
  return { items, suggest: longer.slice(0, 1) };
}

addEventListener("message", ({ data: { type, data } }) => {
  if (type === 0) {
    setup(data);
    postMessage({ type: 1 });
  } else if (type === 2) postMessage({ type: 3, data: answer(data) });
});
