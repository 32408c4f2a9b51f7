// A lesson that runs in its own page: each cell gets a button, its forms answer, and nothing is asked of anybody else.
"use strict";

const LAB = "lab.zip";
const CALLS = "fanlic_light.cells";

class Lesson {
  constructor(bar) {
    this.bar = bar;
    this.texts = bar.dataset;
    this.cells = [...document.querySelectorAll(".fanlic-live")];
    this.values = {};
    this.queue = Promise.resolve();
    bar.hidden = !fanlicPython.served;
    bar.querySelector("[data-do=begin]").addEventListener("click", () => this.begin());
    bar.querySelector("[data-do=all]").addEventListener("click", () => this.all());
    bar.querySelector("[data-do=stop]").addEventListener("click", () => this.stop());
  }

  say(text) {
    this.bar.querySelector("[role=status]").textContent = text;
  }

  show(state) {
    this.bar.dataset.state = state;
    for (const button of this.bar.querySelectorAll("[data-in]")) button.hidden = !button.dataset.in.split(" ").includes(state);
  }

  async begin() {
    this.show("starting");
    this.say(this.texts.loading);
    const note = this.bar.previousElementSibling; // it says that the buttons do not answer
    if (note?.matches(".admonition")) note.hidden = true;
    try {
      const [answer] = await Promise.all([fetch(this.texts.notebook), fanlicPython.start(LAB)]);
      const sources = Object.fromEntries((await answer.json()).cells.map((cell) => [cell.id, [].concat(cell.source).join("")]));
      for (const place of this.cells) this.prepare(place, sources[place.dataset.cell] ?? "");
      this.show("ready");
      this.say(this.texts.ready);
      await this.run(this.cells[0]);
    } catch (problem) {
      this.show("idle");
      this.say(problem.message === "stopped" ? this.texts.stopped : this.texts.failed.replace("{problem}", problem.message));
    }
  }

  prepare(place, source) {
    for (let next = place.nextElementSibling; next && !next.querySelector(".fanlic-cell"); ) {
      const here = next;
      next = next.nextElementSibling;
      if (here.matches(".fanlic-form, .fanlic-widget, .fanlic-output, .fanlic-printed, .highlight:has(.fanlic-printed)")) here.hidden = true;
    }
    const written = place.previousElementSibling; // the code as it is read; what can be changed takes its place
    written.hidden = true;
    place.hidden = false;
    place.innerHTML =
      "<details><summary></summary><textarea spellcheck='false'></textarea></details>" +
      "<button type='button'></button><div class='fanlic-came' aria-live='polite'></div>";
    const [fold, button] = place.children;
    const [summary, area] = fold.children;
    fold.open = !written.matches("details");
    summary.textContent = this.texts.code;
    area.value = source;
    area.rows = Math.min(Math.max(source.split("\n").length, 1), 14);
    area.setAttribute("aria-label", this.texts.code);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.shiftKey || event.ctrlKey)) (event.preventDefault(), this.run(place));
    });
    button.textContent = this.texts.run;
    button.addEventListener("click", () => this.run(place));
  }

  // After Stop, or when the start has failed, a cell's button starts Python again; what the reader changed stays.
  async ready() {
    if (this.bar.dataset.state === "ready") return;
    this.show("starting");
    this.say(this.texts.loading);
    try {
      await fanlicPython.start(LAB);
      this.show("ready");
      this.say(this.texts.ready);
    } catch (problem) {
      this.show("idle");
      throw problem;
    }
  }

  // One thing at a time: Python has one thread.
  next(act) {
    this.queue = this.queue.then(act, act);
    return this.queue;
  }

  run(place) {
    return this.next(async () => {
      const [fold, button, came] = place.children;
      const area = fold.querySelector("textarea");
      button.disabled = true;
      place.setAttribute("aria-busy", "true");
      try {
        await this.ready();
        const given = { source: area.value, language: this.texts.language };
        const answer = await fanlicPython.call(CALLS, "run", given);
        came.replaceChildren();
        if (answer.text) came.append(this.text(answer.text));
        for (const one of answer.shown) came.append(one.widget ? this.draw(one.widget) : this.html(one.html));
        if (answer.failed) came.append(this.text(answer.failed, "failed"));
        place.dataset.ran = answer.failed ? "failed" : "well";
        this.renew(answer.changed);
      } catch (problem) {
        came.replaceChildren(this.text(problem.message === "stopped" ? this.texts.stopped : problem.message, "failed"));
      } finally {
        button.disabled = false;
        place.removeAttribute("aria-busy");
      }
    });
  }

  async all() {
    for (const place of this.cells) await this.run(place);
    this.bar.dataset.ran = "all";
  }

  stop() {
    fanlicPython.stop();
    this.values = {};
    this.show("idle");
    this.say(this.texts.stopped);
    for (const form of document.querySelectorAll(".fanlic-came .fanlic-w :is(button, input, select, textarea)")) form.disabled = true;
  }

  event(click) {
    const values = this.values;
    this.values = {};
    return this.next(async () => {
      const answer = await fanlicPython.call(CALLS, "event", { values, click, language: this.texts.language });
      this.renew(answer.changed);
    }).catch((problem) => this.say(this.texts.failed.replace("{problem}", problem.message)));
  }

  text(text, kind = "") {
    const block = document.createElement("pre");
    block.className = kind;
    block.textContent = text;
    return block;
  }

  html(html) {
    const block = document.createElement("div");
    block.innerHTML = html; // made by fanlic, which escapes what others wrote
    return block;
  }

  renew(changed) {
    const focus = document.activeElement?.closest("[data-widget]")?.dataset.widget;
    for (const widget of changed)
      for (const old of document.querySelectorAll(`[data-widget="${widget.id}"]`)) old.replaceWith(this.draw(widget));
    if (focus) document.querySelector(`[data-widget="${focus}"]`)?.querySelector("input, select, textarea, button")?.focus();
  }

  draw(widget) {
    const made = document.createElement("div");
    made.dataset.widget = widget.id;
    made.className = ["fanlic-w", `fanlic-w-${widget.kind.toLowerCase()}`, ...widget.classes].join(" ");
    for (const [name, value] of Object.entries(widget.css)) made.style.setProperty(name.replace("grid_gap", "gap").replaceAll("_", "-"), value);
    if (widget.children) made.append(...widget.children.map((child) => this.draw(child)));
    else if (widget.kind === "HTML") made.innerHTML = widget.value;
    else if (widget.kind === "Button") made.append(this.button(widget));
    else if (widget.kind === "RadioButtons") made.append(this.radios(widget));
    else made.append(this.field(widget));
    return made;
  }

  button(widget) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = widget.description;
    made.title = widget.tooltip ?? "";
    made.disabled = Boolean(widget.disabled);
    made.className = widget.main ? "main" : "";
    made.addEventListener("click", () => this.event(widget.id));
    return made;
  }

  radios(widget) {
    const group = document.createElement("fieldset");
    group.disabled = Boolean(widget.disabled);
    group.append(
      ...widget.options.map((text, at) => {
        const label = document.createElement("label");
        const made = Object.assign(document.createElement("input"), { type: "radio", name: `radio-${widget.id}`, value: at });
        made.checked = widget.value === at;
        made.addEventListener("change", () => (this.values[widget.id] = at));
        label.append(made, text);
        return label;
      }),
    );
    return group;
  }

  field(widget) {
    const label = document.createElement("label");
    const name = Object.assign(document.createElement("span"), { textContent: widget.description ?? "" });
    const kinds = { Textarea: "textarea", Dropdown: "select" };
    const made = document.createElement(kinds[widget.kind] ?? "input");
    made.title = widget.tooltip ?? "";
    if (!widget.description) made.setAttribute("aria-label", widget.tooltip ?? "");
    if (widget.kind === "Dropdown") made.append(...widget.options.map((text, at) => new Option(text, at)));
    if (widget.kind === "Checkbox") Object.assign(made, { type: "checkbox", checked: widget.value });
    else if (widget.kind === "IntSlider") Object.assign(made, { type: "range", min: widget.min, max: widget.max, value: widget.value });
    else Object.assign(made, { placeholder: widget.placeholder ?? "", value: widget.value });
    const value = () => (widget.kind === "Checkbox" ? made.checked : made.value);
    made.addEventListener("input", () => (this.values[widget.id] = value()));
    if (["Dropdown", "Checkbox", "IntSlider"].includes(widget.kind)) made.addEventListener("change", () => this.event());
    label.append(...(widget.kind === "Checkbox" ? [made, name] : [name, made]));
    return label;
  }
}

for (const bar of document.querySelectorAll(".fanlic-run-here")) new Lesson(bar);
