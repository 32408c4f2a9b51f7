// The box "paste what you have": what is given goes to a worker of this page and nowhere else.
"use strict";

const TROUBLESHOOTING = "triage.zip";

class PasteBox {
  constructor(box) {
    this.box = box;
    this.texts = box.dataset;
    this.form = box.querySelector("form");
    this.pieces = []; // { name, bytes, at }
    this.answers = []; // { question, text }
    this.still = ""; // when the reader last said that the state is as pasted
    this.kept = ""; // the case file of the last answer
    this.run = 0;
    box.hidden = false;
    const on = (selector, event, act) => box.querySelector(selector).addEventListener(event, act);
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.answer()));
    on("select[name=kind]", "change", () => this.showFields());
    on("input[type=file]", "change", ({ target }) => this.take(target.files).then(() => (target.value = "")));
    on("[data-do=afresh]", "click", () => this.afresh());
    on("[data-do=stop]", "click", () => fanlicPython.stop());
    on("[data-do=save]", "click", () => this.save());
    on(".fanlic-answer", "submit", (event) => (event.preventDefault(), this.reply(event.target)));
    on(".fanlic-answer", "click", ({ target }) => target.dataset.reply && this.reply(target.closest("form"), target.dataset.reply));
    on("[data-do=copy]", "click", () => navigator.clipboard?.writeText(this.one(".fanlic-plain pre").textContent));
    for (const name of ["dragover", "drop"]) box.addEventListener(name, (event) => event.preventDefault());
    box.addEventListener("dragover", () => box.classList.add("over"));
    for (const name of ["dragleave", "drop"]) box.addEventListener(name, () => box.classList.remove("over"));
    box.addEventListener("drop", (event) => this.take(event.dataTransfer.files));
    // Python starts when there is something to read, so that it is there when the button is pressed.
    for (const name of ["paste", "drop"]) box.addEventListener(name, () => this.begin());
    on("input[type=file]", "change", () => this.begin());
    this.showFields();
    if (!fanlicPython.served) this.say(this.texts.folder);
  }

  one(selector) {
    return this.box.querySelector(selector);
  }

  say(text) {
    this.one("[role=status]").textContent = text;
  }

  showFields() {
    const kind = this.form.elements.kind.value;
    for (const field of this.box.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(kind);
  }

  async take(files) {
    for (const file of files) this.pieces.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()), at: new Date().toISOString() });
    this.list();
  }

  list() {
    const answers = this.answers.map(({ text }) => this.texts.reply.replace("{text}", text === "-" ? this.texts.unknown : text.slice(0, 40)));
    const shown = [
      ...this.pieces.map((piece, at) => [piece.name, ` (${piece.bytes.length}) `, () => this.pieces.splice(at, 1)]),
      ...answers.map((name, at) => [name, " ", () => this.answers.splice(at, 1)]),
      ...(this.still ? [[this.texts.still, " ", () => (this.still = "")]] : []),
    ];
    this.one(".fanlic-given").replaceChildren(
      ...shown.map(([name, more, away]) => {
        const item = document.createElement("li");
        const drop = document.createElement("button");
        drop.type = "button";
        drop.textContent = "×";
        drop.setAttribute("aria-label", this.texts.remove.replace("{name}", name));
        drop.addEventListener("click", () => (away(), this.list()));
        item.append(name + more, drop);
        return item;
      }),
    );
  }

  // An answer to the question below the verdict: "-" is "I do not know", "still" that the state is as it was pasted.
  reply(form, word) {
    const said = word ?? form.elements.reply.value.trim();
    if (said === "still") this.still = new Date().toISOString();
    else if (said.split("\n").length > 3) this.add(said);
    else if (said) this.answers.push({ question: form.dataset.question, text: said });
    if (!said) return form.elements.reply.focus();
    this.list();
    this.answer();
  }

  add(text) {
    const bytes = new TextEncoder().encode(text);
    this.pieces.push({ name: this.texts.paste.replace("{number}", this.pieces.length + 1), bytes, at: new Date().toISOString() });
  }

  save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.kept], { type: "application/json" }));
    link.download = "case.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  given() {
    const { paste, kind } = this.form.elements;
    const bytes = new TextEncoder().encode(paste.value);
    if (!paste.value.trim()) return this.pieces;
    const piece = { name: this.texts.paste.replace("{number}", this.pieces.length + 1), bytes };
    if (kind.value !== "triage") return [...this.pieces, piece];
    // What was pasted stays in the case, so that the answer to the next question can be pasted after it.
    this.add(paste.value);
    paste.value = "";
    this.list();
    return this.pieces;
  }

  begin() {
    if (fanlicPython.served) fanlicPython.start(TROUBLESHOOTING).catch(() => {}); // the answer tells what went wrong
  }

  async answer() {
    const run = ++this.run;
    const { kind, shell, address, now } = this.form.elements;
    const given = this.given();
    this.busy(true);
    try {
      this.say(this.texts.loading);
      await fanlicPython.start(TROUBLESHOOTING);
      this.say(this.texts.working);
      const asked = { kind: kind.value, names: given.map((piece) => piece.name), shell: shell.value, now: now.value.trim() };
      Object.assign(asked, { address: address.value.trim(), language: this.texts.language, root: fanlicPython.root });
      if (kind.value === "triage") Object.assign(asked, { answers: this.answers, still: this.still, times: given.map((piece) => piece.at) });
      const answer = await fanlicPython.call("fanlic.troubleshoot.paste_page", "answer_json", asked, given.map((piece) => piece.bytes));
      if (run === this.run) this.show(answer);
    } catch (problem) {
      this.say(problem.message === "stopped" ? this.texts.stopped : this.texts.failed.replace("{problem}", problem.message));
    } finally {
      this.busy(false);
    }
  }

  show(answer) {
    this.one(".fanlic-answer").innerHTML = answer.html; // made by paste_page.py, which escapes all that was given
    this.one(".fanlic-plain").hidden = !answer.plain;
    this.one(".fanlic-plain pre").textContent = answer.plain;
    this.kept = answer.case ?? "";
    this.one("[data-do=save]").hidden = !this.kept;
    this.box.dataset.status = answer.status;
    this.say(this.texts.done);
    this.one(".fanlic-answer").focus();
  }

  busy(yes) {
    this.one("button[type=submit]").disabled = yes;
    this.one("[data-do=stop]").hidden = !yes;
    this.box.setAttribute("aria-busy", String(yes));
  }

  afresh() {
    this.run += 1;
    this.pieces = [];
    this.answers = [];
    this.still = this.kept = "";
    this.one("[data-do=save]").hidden = true;
    this.form.elements.paste.value = "";
    this.one(".fanlic-answer").replaceChildren();
    this.one(".fanlic-plain").hidden = true;
    delete this.box.dataset.status;
    this.list();
    this.say("");
    this.form.elements.paste.focus();
  }
}

for (const box of document.querySelectorAll(".fanlic-paste")) new PasteBox(box);
