"""Plays a whole notebook in JupyterLab: Run All, then every control of every form, and notes whatever a learner would
stumble over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.browser.lab import NOTEBOOK, PATIENCE, Notebook

PAINTS = 50  # how often a form is looked at before its button counts as dead
WIDEST = 1280  # pixels that an output may have
NOT_MEANT_FOR_A_USER = re.compile(r"Errno|Traceback|has been closed|NoneType|KeyError|\bobject at 0x|\bNone\b")
MISTAKES = ("", "wrong", "错误的输入")
# Said of JupyterLab's own connection, if it asks for forms before the kernel has loaded any.
NOT_OURS = re.compile("No such comm")
HEAR = """() => {
  window.heard = [];
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  kernel.iopubMessage.connect((_, message) => {
    const told = message.content;
    if (message.header.msg_type === 'error') window.heard.push(told.ename + ': ' + told.evalue);
    if (message.header.msg_type === 'stream' && told.name === 'stderr') window.heard.push(told.text);
  });
}"""
# As many forms are drawn as the outputs of the notebook hold.
DRAWN = f"""() => {{
  let wanted = 0;
  for (const cell of {NOTEBOOK}.content.model.cells)
    for (let number = 0; cell.outputs && number < cell.outputs.length; number++)
      if ('application/vnd.jupyter.widget-view+json' in cell.outputs.get(number).data) wanted++;
  const drawn = Array.from(document.querySelectorAll('.jp-OutputArea .jupyter-widgets'));
  return drawn.filter(each => !each.parentElement.closest('.jupyter-widgets')).length >= wanted;
}}"""
# What the kernel did is drawn once it has answered an empty request and the page was painted twice. Then everything
# that a reader sees of a form: its texts and pictures, what stands in its fields, what is pressed or off.
AFTER = """async form => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  await kernel.requestExecute({code: '', silent: true, store_history: false}).done;
  for (let times = 0; times < 2; times++) await new Promise(done => requestAnimationFrame(done));
  const all = kind => Array.from(form.querySelectorAll(kind));
  const own = all('button.jupyter-button').filter(each => (each.closest('.fanlic-form') ?? form) === form);
  const panes = all('.widget-html-content');
  return {
    heard: window.heard.splice(0), dialogs: document.querySelectorAll('.jp-Dialog').length, text: form.innerText,
    said: panes.length ? panes[panes.length - 1].innerText.trim() : '',
    buttons: own.map(each => [each.textContent.trim(), !each.disabled, each.classList.contains('mod-primary')]),
    look: JSON.stringify([all('input, select, textarea').map(each => [each.value, each.checked, each.disabled]),
      all('button').map(each => [each.textContent, each.disabled]), panes.map(each => each.innerHTML)]),
  };
}"""
WIDE = """most => {
  const outputs = Array.from(document.querySelectorAll('.jp-OutputArea-output'))
    .filter(each => each.offsetParent !== null);
  const within = outputs.flatMap(each => Array.from(each.querySelectorAll('*')));
  const cut = outputs.flatMap(each => Array.from(each.querySelectorAll('.widget-label, .jupyter-button')));
  const stick = [...outputs, ...cut].filter(each => each.scrollWidth > each.clientWidth + 1)
    .concat(within.filter(each => each.scrollWidth > most));
  return stick.map(each => each.scrollWidth + ' of ' + each.clientWidth + ' pixels: '
    + each.className + ': ' + each.textContent.trim().slice(0, 60));
}"""


@dataclass
class Played:
    """What was met: problems, each with the place where it was met, and how much was played."""

    problems: list[str] = field(default_factory=list)
    forms: int = 0
    presses: int = 0


class Player:
    """Plays the notebook that is open in the page. `typed`: kinds of form whose fields were filled with mistakes
    before; their buttons are pressed all the same. `thorough`: every option, and every button after each mistake.
    """

    def __init__(self, notebook: Notebook, typed: set[str], *, thorough: bool = False) -> None:
        self.notebook, self.page = notebook, notebook.page
        self.played = Played()
        self._typed, self._thorough = typed, thorough
        self._opened: set[str] = set()
        self._place, self._before = "", ""

    def run_all(self) -> None:
        """Run all of its cells, and wait until every form is drawn."""
        self.page.evaluate(HEAR)
        self._place = "Run All"
        self.notebook.command("notebook:run-all-cells")
        self.page.wait_for_function(DRAWN, timeout=PATIENCE * 1000)
        self._after(self.page.locator(".jp-Notebook").first)
        if failed := self.notebook.errors():
            self.note(f"{failed} cells have failed")
        self.widths()

    def widths(self) -> None:
        """Note what is too wide, and labels that are cut."""
        for each in self.page.evaluate(WIDE, WIDEST):
            self.note(f"too wide: {each}")

    def note(self, problem: str) -> None:
        """Keep a problem with the place where it was met."""
        line = f"{self._place}: {problem}"
        if line not in self.played.problems:
            self.played.problems.append(line)

    def play(self) -> Played:
        """Every control of every form; buttons without a form are played with their cell."""
        shown = self.page.locator(".fanlic-form:visible:not(.fanlic-form .fanlic-form)")
        forms = [shown.nth(number) for number in range(shown.count())]
        alone = self.page.locator(".jp-OutputArea:visible:has(button.jupyter-button):not(:has(.fanlic-form))")
        for form in forms + [alone.nth(number) for number in range(alone.count())]:
            self._play_form(form)
        return self.played

    def _play_form(self, form: Any) -> None:
        self.played.forms += 1
        heading = form.locator("h3")
        title = heading.first.inner_text() if heading.count() else ""
        at = self._place = f"{self.played.forms}. {title}"
        for label, _enabled, _main in self._after(form)["buttons"]:
            self._press(form, at, label)
            self._press(form, at, label, "dblclick")
            self._drawer(form, at, label)
        for what, change in self._changes(form):
            self._place = f"{at} / {what}"
            change()
            self._after(form)
        if title not in self._typed:
            self._typed.add(title)
            self._mistakes(form, at)
        self._place = at
        self.widths()

    def _drawer(self, form: Any, at: str, opened: str) -> None:
        """The buttons of a form that this button has opened inside of it."""
        inner = form.locator(".fanlic-form")
        if not inner.count() or (title := inner.first.locator("h3").first.inner_text()) in self._opened:
            return
        self._opened.add(title)
        for label, _enabled, _main in self._after(inner.first)["buttons"]:
            self._press(inner.first, f"{at} / {opened}", label)

    def _after(self, form: Any) -> dict[str, Any]:
        """How the form is once the kernel is done; what is wrong with it is noted."""
        seen: dict[str, Any] = form.evaluate(AFTER)
        self._before = seen["look"]
        for each in seen["heard"]:
            if not NOT_OURS.search(each):
                self.note(each.strip()[-300:])
        if seen["dialogs"]:
            self.note("JupyterLab shows a dialog")
        if found := NOT_MEANT_FOR_A_USER.search(seen["text"]):
            self.note(f"not for a user: {seen['text'][max(0, found.start() - 60) : found.end() + 60]!r}")
        return seen

    def _press(self, form: Any, at: str, label: str, how: str = "click") -> None:
        self._place = f"{at} / {label}" + (" twice" if how == "dblclick" else "")
        button = form.locator("button.jupyter-button", has_text=re.compile(f"^{re.escape(label)}$")).first
        if not button.count() or not button.is_visible() or not button.is_enabled():
            return
        before = self._after(form)["look"] if not self._before else self._before
        getattr(button, how)()
        self.played.presses += 1
        for _try in range(PAINTS):  # a busy browser may paint later
            seen = self._after(form)
            if seen["look"] != before or seen["said"]:
                return
        self.note("nothing changes, and nothing is said")

    def _changes(self, form: Any) -> Iterator[tuple[str, Callable[[], object]]]:
        """Each drop-down, box, radio button, slider and folded part of a form, moved."""
        selects = form.locator("select:enabled:visible")
        for number in range(selects.count()):
            select = selects.nth(number)
            count = select.locator("option").count()
            for option in range(count) if self._thorough else sorted({0, count - 1}):
                yield f"list {number}, {option}", partial(select.select_option, index=option)
        boxes = form.locator("input[type=checkbox]:enabled:visible, input[type=radio]:enabled:visible")
        for number in range(boxes.count() if self._thorough else min(1, boxes.count())):
            yield f"box {number}", boxes.nth(number).click
        for number, handle in enumerate(form.locator(".noUi-handle:visible").all()):
            for key in ("Home", "ArrowRight", "End"):
                yield f"slider {number}, {key}", partial(handle.press, key)
        folded = form.locator("summary:visible")
        for number in range(folded.count() if self._thorough else min(1, folded.count())):
            yield f"folded {number}", folded.nth(number).click

    def _mistakes(self, form: Any, at: str) -> None:
        """Each field empty, wrong and in Chinese, each time with the main buttons; then what stood there before."""
        fields = form.locator("input[type=text]:enabled:visible, textarea:enabled:visible")
        for number in range(fields.count()):
            box = fields.nth(number)
            before = box.input_value()
            for text in MISTAKES:
                for label, _enabled, main in self._after(form)["buttons"]:
                    if not main and not self._thorough:
                        continue
                    if box.is_enabled():
                        box.fill(text)
                        self._after(form)
                    self._press(form, f"{at} / field {number} = {text!r}", label)
            if box.is_enabled():
                box.fill(before)
        self._after(form)


class Learner:
    """Solves what the notebook asks for: exercises by code, a drill by its buttons."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook, self.page = notebook, notebook.page

    def lines(self, cell: str, source: str) -> None:
        """Write code into a cell, and run it."""
        self.notebook.select(cell)
        self.page.evaluate(f"() => {NOTEBOOK}.content.activeCell.model.sharedModel.setSource({json.dumps(source)})")
        self.notebook.run(cell)

    def checked(self, cell: str) -> str:
        """What the check says now."""
        self.notebook.run(cell)
        return str(self.notebook.output(cell).get_by_role("status").first.inner_text())
