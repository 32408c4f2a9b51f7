"""What every form has: a widget, a place for what came of the last button, and buttons that show refusals.

A form is used by its buttons or by its methods; both do the same. A method shows a refusal in the form and returns
None; `refused` has it. After each act the other forms over the same lab are drawn again, so that a clock moved in one
cell is seen in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from html import escape
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import ipywidgets as widgets

from fanlic.lab import Lab
from fanlic.lab.timeline import LabClosed
from fanlic.model.refusals import Refusal
from fanlic.notebook import style
from fanlic.texts import _

P = ParamSpec("P")
F = TypeVar("F", bound="Form")
R = TypeVar("R")
LABEL_WIDTH = "14rem"
_OPEN: WeakKeyDictionary[Lab, list[Form]] = WeakKeyDictionary()


def shows(act: Callable[Concatenate[F, P], R]) -> Callable[Concatenate[F, P], R | None]:
    """Makes a method of a form show what it refuses instead of raising it, and draw the forms anew afterwards."""

    @wraps(act)
    def guarded(form: F, /, *given: P.args, **named: P.kwargs) -> R | None:
        form.refused = None
        before = form.shown()
        form.say("")
        result = None
        if form.lab is not None and form.lab.closed:
            form.say(style.problem_box(str(LabClosed())))
            return None
        try:
            result = act(form, *given, **named)
        except Refusal as refusal:
            form.refuse(refusal)
        except (ValueError, OSError) as problem:
            form.say(style.problem_box(str(problem)))
        form.redraw()
        if not form.text and form.shown() == before:
            form.say(style.note(_("Nothing has changed.")))
        for other in _OPEN.get(form.lab, []) if form.lab else []:
            if other is not form:
                other.redraw()
        return result

    return guarded


class Form:
    """A form over a lab; without a lab it stands alone."""

    def __init__(self, title: str, lab: Lab | None = None) -> None:
        self._lab = lab
        self.refused: Refusal | None = None
        self.said = pane(_("Outcome"))
        self._head = widgets.HTML(f"<style>{style.CSS}</style>" + style.block(f"<h3>{escape(title)}</h3>"))
        self.widget = widgets.VBox([self._head])
        self.widget.add_class("fanlic-form")
        self._title = title

    @property
    def lab(self) -> Lab | None:
        """The lab it is over, if any."""
        return self._lab

    def arrange(self, *parts: Any) -> None:
        """Lay the form out, the outcome last, and draw it for the first time."""
        self.widget.children = (self._head, *parts, self.said)
        self.follow()
        self.redraw()

    def follow(self) -> None:
        """From now on draw it anew when another form acts on its lab."""
        if self.lab is not None and self not in _OPEN.setdefault(self.lab, []):
            _OPEN[self.lab].append(self)

    def draw(self) -> None:
        """Show the present state; forms that show one say how."""

    def shown(self) -> tuple[object, ...]:
        """All that stands in it, fields and panes, without the outcome."""
        return tuple(_values(self.widget, self.said))

    def redraw(self) -> None:
        """Draw, and say where the present state cannot be had."""
        try:
            self.draw()
        except Refusal as refusal:
            self.say(style.refusal_box(refusal))
        except (ValueError, OSError) as problem:
            self.say(style.problem_box(str(problem)))

    def say(self, html: str) -> None:
        """Show what came of the last act."""
        self.said.value = style.block(html) if html else ""

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal as a pop-up."""
        self.refused = refusal
        self.say(style.refusal_box(refusal))

    @property
    def text(self) -> str:
        """The outcome's HTML, as the reader of the form has it before the eyes."""
        return str(self.said.value)

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        bundle = self.widget._repr_mimebundle_(**asked)
        return bundle | {"text/plain": _("{form}: a form; run the cell to use it").format(form=self._title)}


class LabForm(Form):
    """A form that cannot be without its lab."""

    def __init__(self, title: str, lab: Lab) -> None:
        super().__init__(title, lab)
        self._own = lab

    @property
    def lab(self) -> Lab:
        """The lab it is over."""
        return self._own


def _values(widget: Any, said: Any) -> Iterator[object]:
    for child in getattr(widget, "children", ()):
        if child is not said:
            yield tuple(getattr(child, name, None) for name in ("description", "value", "disabled"))
            yield from _values(child, said)


# -- the parts of a form


def pane(name: str) -> Any:
    """A place for HTML; `name` says to a screen reader what is shown there."""
    return widgets.HTML(tooltip=name)


def field(label: str, value: str = "", *, hint: str = "", wide: bool = True) -> Any:
    """A line of text with its label; nothing happens when it is left."""
    layout = {"width": "auto" if wide else "22rem", "max_width": "48rem"}
    return widgets.Text(
        value=value,
        description=label,
        placeholder=hint,
        tooltip=hint or label,
        style={"description_width": LABEL_WIDTH},
        layout=layout,
    )


def choice(label: str, options: Sequence[Any], value: Any = None) -> Any:
    """A list to choose from."""
    chosen = options[0] if value is None else value
    first = chosen[1] if isinstance(chosen, tuple) else chosen
    return widgets.Dropdown(
        options=options,
        value=first,
        description=label,
        tooltip=label,
        style={"description_width": LABEL_WIDTH},
        layout={"width": "auto", "max_width": "48rem"},
    )


def tick(label: str, *, on: bool = False) -> Any:
    """A box to tick."""
    return widgets.Checkbox(value=on, description=label, indent=False, tooltip=label, layout={"width": "auto"})


def button(label: str, act: Callable[[], object], hint: str = "", *, main: bool = False) -> Any:
    """A button; `main` marks the one that most people want."""
    made = widgets.Button(
        description=label,
        tooltip=hint or label,
        button_style="primary" if main else "",
        layout={"width": "auto", "min_width": "5rem"},
    )
    made.on_click(lambda _button: act())
    return made


def row(*parts: Any) -> Any:
    """Parts side by side, wrapped where the window is narrow."""
    return widgets.HBox(parts, layout={"flex_flow": "row wrap", "align_items": "flex-start", "grid_gap": "0.5rem"})


def column(*parts: Any, width: str) -> Any:
    """Parts one below the other, about as wide as this, in a row with others."""
    return widgets.VBox(parts, layout={"flex": f"1 1 {width}", "min_width": "0", "max_width": "34rem"})
