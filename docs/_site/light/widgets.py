"""The few widgets that fanlic's forms are made of, for a page that runs a lesson by itself (assets/browser/lesson.js).

It has the names of ipywidgets that the forms use, and no others: what is made here is drawn by the page's script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

VIEW = "application/vnd.fanlic.widget"
SHOWN = ("value", "description", "options", "children", "placeholder", "tooltip", "disabled", "min", "max")
ALL: dict[int, Widget] = {}
CHANGED: set[int] = set()


class Change(dict[str, Any]):
    """What an observer is told."""

    __getattr__ = dict.__getitem__


class Layout:
    """The layout of a widget: CSS properties by their Python names."""

    def __init__(self, owner: Widget, given: Any) -> None:
        self.__dict__["owner"] = owner
        self.__dict__["css"] = dict(given or {})

    def __setattr__(self, name: str, value: Any) -> None:
        self.css[name] = value
        CHANGED.add(self.owner.id)

    def __getattr__(self, name: str) -> Any:
        return self.css.get(name)


class Widget:
    """One widget: what it shows, who observes it, and how it is drawn."""

    value: Any = ""
    id: int
    layout: Layout
    style: Layout
    classes: list[str]
    clicked: list[Callable[[Any], object]]
    watchers: list[tuple[Callable[[Any], object], Any]]

    def __init__(self, value: Any = None, /, **given: Any) -> None:
        if value is not None:
            given["value"] = value
        self.__dict__["watchers"] = []
        self.__dict__["id"] = len(ALL) + 1
        self.__dict__["layout"] = Layout(self, given.pop("layout", None))
        self.__dict__["style"] = Layout(self, given.pop("style", None))
        self.__dict__["classes"] = []
        self.__dict__["clicked"] = []
        ALL[self.id] = self
        for name, value in given.items():
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        old = getattr(self, name, None)
        self.__dict__[name] = value
        if name in SHOWN and old != value:
            CHANGED.add(self.id)
            for act, names in list(self.watchers):
                if names is None or name in names:
                    act(Change(name=name, old=old, new=value, owner=self, type="change"))

    def observe(self, act: Callable[[Any], object], names: Any = None) -> None:
        """Call `act` after each change of a trait."""
        self.watchers.append((act, (names,) if isinstance(names, str) else names))

    def on_click(self, act: Callable[[Any], object]) -> None:
        """Call `act` when the button is pressed."""
        self.clicked.append(act)

    def click(self) -> None:
        """Press it."""
        for act in self.clicked:
            act(self)

    def add_class(self, name: str) -> None:
        """Give it a class of CSS."""
        self.classes.append(name)

    def set(self, value: Any) -> None:
        """Take a value from the page."""
        self.value = value

    def drawn(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        shown = {name: getattr(self, name, None) for name in SHOWN if name not in ("children", "options")}
        return {"id": self.id, "kind": type(self).__name__, "css": self.layout.css, "classes": self.classes, **shown}

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, Any]:
        return {VIEW: self.id, "text/plain": type(self).__name__}


class HTML(Widget):
    """HTML of our own making."""


class Text(Widget):
    """A line of text."""


class Textarea(Widget):
    """Lines of text."""


class IntSlider(Widget):
    """A number on a slider."""

    def set(self, value: Any) -> None:
        """Take a value from the page."""
        self.value = int(value)


class Checkbox(Widget):
    """A box to tick."""

    value = False


class Button(Widget):
    """A button."""

    button_style = ""

    def drawn(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        return {**super().drawn(), "main": self.button_style == "primary"}


class Dropdown(Widget):
    """A list to choose from; options are values, or pairs of a label and a value."""

    options: Any = ()

    def _pairs(self) -> list[tuple[str, Any]]:
        return [each if isinstance(each, tuple) else (str(each), each) for each in self.options]

    def set(self, value: Any) -> None:
        """Take the number of the choice from the page."""
        self.value = self._pairs()[int(value)][1]

    def drawn(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        chosen = next((at for at, (_label, value) in enumerate(self._pairs()) if value == self.value), 0)
        return {**super().drawn(), "value": chosen, "options": [label for label, _value in self._pairs()]}


class RadioButtons(Dropdown):
    """The same list as buttons; at first none may be chosen."""

    def drawn(self) -> dict[str, Any]:
        """What the page needs to draw it."""
        chosen = next((at for at, (_label, value) in enumerate(self._pairs()) if value == self.value), None)
        return {**super().drawn(), "value": chosen}


class _Box(Widget):
    children: Any = ()

    def __init__(self, children: Iterable[Widget] = (), /, **given: Any) -> None:
        super().__init__(children=tuple(children), **given)

    def drawn(self) -> dict[str, Any]:
        """What the page needs to draw it, with all that is in it."""
        return {**super().drawn(), "children": [child.drawn() for child in self.children]}


class HBox(_Box):
    """Widgets side by side."""


class VBox(_Box):
    """Widgets one below the other."""
