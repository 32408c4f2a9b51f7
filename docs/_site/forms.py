"""Forms of a notebook as plain HTML: each as it was when its cell ended, with buttons that say that they do not answer.

A page that draws the widgets' state at the end of the run shows in every form how the lesson ended: the QR code used,
the clock a day on. So the state is taken when the cell ends, and no script is needed to draw it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from fanlic.model.refusals import N_
from fanlic.texts import _

VIEW = "application/vnd.jupyter.widget-view+json"
REF = "IPY_MODEL_"
INERT = N_("A picture of the run: start the notebook to press this")
CAPTION = N_("As it was when its cell ended. The form answers in the running notebook.")
States = dict[str, dict[str, Any]]


def freeze(cell: dict[str, Any], states: States) -> None:
    """Replace each view of a widget among the cell's outputs by the form as it is now."""
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        if view := data.pop(VIEW, None):
            data.clear()
            data["text/html"] = drawn(view["model_id"], states)


def drawn(model: str, states: States) -> str:
    """The form as a group of HTML elements."""
    inside = "".join(_model(model, states))
    return (
        f'<div class="fanlic-form" role="group" aria-label="{CAPTION}">{inside}'
        f'<p class="fanlic-inert">{CAPTION}</p></div>'
    )


def in_words(markup: str) -> str:
    """A drawn form with our own words in the language that is spoken now."""
    for words in (INERT, CAPTION):
        markup = markup.replace(words, _(words))
    return markup


def _model(model: str, states: States) -> Iterator[str]:
    state = states.get(model.removeprefix(REF), {})
    layout = states.get(str(state.get("layout", "")).removeprefix(REF), {})
    if layout.get("display") == "none" or layout.get("visibility") == "hidden":
        return
    name = state.get("_model_name", "").removesuffix("Model")
    yield from _KINDS.get(name, _other)(state, states)


def _box(state: dict[str, Any], states: States) -> Iterator[str]:
    kind = "row" if state["_model_name"] == "HBoxModel" else "column"
    yield f'<div class="fanlic-{kind}">'
    for child in state.get("children", ()):
        yield from _model(child, states)
    yield "</div>"


def _titled(state: dict[str, Any], states: States) -> Iterator[str]:
    for title, child in zip(state.get("titles", ()), state.get("children", ()), strict=False):
        yield f"<details><summary>{escape(title)}</summary>{''.join(_model(child, states))}</details>"


def _html(state: dict[str, Any], _states: States) -> Iterator[str]:
    # Markdown ends a block of HTML at a blank line.
    value = re.sub(r"\n\s*\n", "\n", str(state.get("value", ""))).strip()
    label = f"<span>{escape(state['description'])}</span> " if state.get("description") else ""
    yield f'<div class="fanlic-html">{label}{value}</div>'


def _label(state: dict[str, Any], _states: States) -> Iterator[str]:
    yield f'<div class="fanlic-html">{escape(str(state.get("value", "")))}</div>'


def _button(state: dict[str, Any], _states: States) -> Iterator[str]:
    kind = f" {state['button_style']}" if state.get("button_style") else ""
    words = escape(state.get("description") or state.get("tooltip") or "?")
    yield f'<button type="button" class="fanlic-press{kind}" disabled title="{INERT}">{words}</button>'


def _field(state: dict[str, Any], written: str) -> str:
    words = escape(state.get("description") or state.get("placeholder") or "")
    return f'<label class="fanlic-field"><span>{words}</span> {written}</label>'


def _text(state: dict[str, Any], _states: States) -> Iterator[str]:
    value = escape(str(state.get("value", "")))
    if state["_model_name"] == "TextareaModel":
        rows = state.get("rows") or 4
        yield _field(state, f'<textarea readonly rows="{rows}">{value.replace(chr(10), "&#10;")}</textarea>')
    else:
        yield _field(state, f'<input type="text" readonly value="{value}">')


def _choice(state: dict[str, Any], _states: States) -> Iterator[str]:
    chosen = state.get("index")
    options = (
        f"<option{' selected' if place == chosen else ''}>{escape(str(words))}</option>"
        for place, words in enumerate(state.get("_options_labels", ()))
    )
    yield _field(state, f'<select disabled title="{INERT}">{"".join(options)}</select>')


def _checkbox(state: dict[str, Any], _states: States) -> Iterator[str]:
    mark = " checked" if state.get("value") else ""
    words = escape(state.get("description", ""))
    yield f'<label class="fanlic-field"><input type="checkbox" disabled{mark}> <span>{words}</span></label>'


def _outputs(state: dict[str, Any], _states: States) -> Iterator[str]:
    for output in state.get("outputs", ()):
        data = output.get("data", {})
        if "text/html" in data:
            yield from _html({"value": "".join(data["text/html"])}, {})
        else:
            text = "".join(output.get("text", "") or data.get("text/plain", ""))
            yield f"<pre>{escape(text).replace(chr(10), '&#10;')}</pre>" if text else ""


def _other(state: dict[str, Any], _states: States) -> Iterator[str]:
    # A slider, a number: its label and its value.
    value = state.get("value", "")
    if "_options_labels" in state and state.get("index") is not None:
        index = state["index"]
        value = " - ".join(state["_options_labels"][each] for each in (index if isinstance(index, list) else [index]))
    if state.get("description") or value != "":
        yield _field(state, f'<input type="text" readonly value="{escape(str(value))}">')


_KINDS: dict[str, Callable[[dict[str, Any], States], Iterator[str]]] = {
    **dict.fromkeys(("VBox", "HBox", "Box", "GridBox"), _box),
    **dict.fromkeys(("Accordion", "Tab"), _titled),
    **dict.fromkeys(("HTML", "HTMLMath"), _html),
    **dict.fromkeys(("Button", "ToggleButton", "FileUpload"), _button),
    **dict.fromkeys(("Text", "Textarea", "Password", "Combobox"), _text),
    **dict.fromkeys(("Dropdown", "Select"), _choice),
    "Checkbox": _checkbox,
    "Label": _label,
    "Output": _outputs,
}
