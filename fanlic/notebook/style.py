"""How every form looks: one style sheet for light and dark, and the small pieces of HTML that the forms share.

Texts take the colour of the page around them (JupyterLab's variables, Material's on a static page, else the browser's
own), and surfaces are a few percent of that colour, so that nothing has to know which theme is on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from fanlic.model.clauses import Basis, Clause
from fanlic.model.refusals import Refusal, Reported
from fanlic.texts import _, fill
from fanlic.texts import basis as basis_text

CSS = """
.fanlic, .fanlic-form { --fl-ink: var(--md-default-fg-color, var(--jp-ui-font-color1, CanvasText));
  --fl-face: color-mix(in srgb, var(--fl-ink) 5%, transparent);
  --fl-line: color-mix(in srgb, var(--fl-ink) 22%, transparent);
  --fl-soft: color-mix(in srgb, var(--fl-ink) 78%, transparent);
  --fl-good: #2b8a4b; --fl-bad: #d13438; --fl-warn: #b7860b; --fl-info: #3a7bd0;
  --fl-code: ui-monospace, "Cascadia Mono", Consolas, Menlo, "DejaVu Sans Mono", monospace; }
.fanlic-form { --jp-widgets-label-color: var(--fl-ink); --jp-widgets-color: var(--fl-ink);
  --jp-widgets-input-color: var(--fl-ink); --jp-widgets-readout-color: var(--fl-ink);
  --jp-widgets-input-background-color: var(--md-default-bg-color, var(--jp-layout-color1, Canvas));
  --jp-widgets-input-border-color: var(--fl-line);
  border: 1px solid var(--fl-line); border-radius: .5rem; padding: .75rem; max-width: 66rem; }
.fanlic-form .widget-html, .fanlic-form .widget-html-content { min-width: 0; max-width: 100%; }
.fanlic { color: var(--fl-ink); font-size: .875rem; line-height: 1.5; overflow-wrap: anywhere; }
.fanlic :focus-visible { outline: 3px solid var(--fl-info); outline-offset: 2px; }
.fanlic p { margin: 0 0 .4rem; } .fanlic p:last-child { margin-bottom: 0; }
.fanlic h3 { margin: 0; font-size: 1.0625rem; line-height: 1.4; color: inherit; }
.fanlic h4 { margin: .6rem 0 .2rem; font-size: .9375rem; color: inherit; }
.fanlic ol, .fanlic ul { margin: .2rem 0; padding-left: 1.4rem; }
.fanlic pre, .fanlic code { font-family: var(--fl-code); font-size: .8125rem; color: inherit; background: none; }
.fanlic pre { margin: .3rem 0; padding: .5rem .7rem; background: var(--fl-face); border: 1px solid var(--fl-line);
  border-radius: .3rem; white-space: pre; max-height: 26rem; overflow: auto; }
.fanlic pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.fanlic .pins { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0 .8rem; }
.fanlic .pins > div { min-width: 0; } .fanlic .pins > div:has(table) { grid-column: 1 / -1; }
.fanlic td pre { max-height: 9rem; min-width: 13rem; }
.fanlic .soft { color: var(--fl-soft); }
.fanlic-basis { display: inline-block; padding: 0 .5em; border: 1px solid currentColor; border-radius: 1em;
  font-size: .75rem; line-height: 1.5; white-space: nowrap; color: var(--fl-soft); }
.fanlic-basis.vendor { border-style: dashed; } .fanlic-basis.reading { border-style: dotted; }
.fanlic-note { border: 1px solid var(--fl-line); border-left: .35rem solid var(--fl-info); border-radius: .35rem;
  padding: .45rem .7rem; margin: .35rem 0; background: var(--fl-face); }
.fanlic-note.good { border-left-color: var(--fl-good); } .fanlic-note.warn { border-left-color: var(--fl-warn); }
.fanlic-popup { border: 2px solid var(--fl-bad); border-radius: .5rem; margin: .5rem 0; max-width: 44rem;
  box-shadow: 0 .15rem .6rem color-mix(in srgb, black 25%, transparent); overflow: hidden; }
.fanlic-popup > header { padding: .3rem .8rem; font-weight: 600; color: #fff; background: #b3262b; }
.fanlic-popup > div { padding: .5rem .8rem; }
.fanlic table { border-collapse: collapse; margin: .3rem 0; font-size: .8125rem; color: inherit; }
.fanlic caption { text-align: left; padding-bottom: .2rem; font-weight: 600; color: inherit; }
.fanlic th, .fanlic td { border: 1px solid var(--fl-line); padding: .2rem .55rem; text-align: left; vertical-align: top;
  white-space: normal; overflow-wrap: break-word; }
.fanlic thead th { background: var(--fl-face); }
.fanlic tbody tr, .fanlic tbody tr:nth-child(odd) { background: none; }
.fanlic .scroll { overflow: auto; max-height: 26rem; }
.fanlic .code { font-family: var(--fl-code); font-size: 2.5rem; font-weight: 700; letter-spacing: .08em;
  user-select: all; line-height: 1.3; }
.fanlic .time { font-size: 1.125rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.fanlic .qr { background: #fff; padding: .3rem; border-radius: .4rem; width: 15rem; max-width: 100%; }
.fanlic .qr svg { display: block; width: 100%; height: auto; }
.fanlic .empty { display: grid; place-items: center; min-height: 10rem; width: 15rem; max-width: 100%; padding: 1rem;
  border: 2px dashed var(--fl-line); border-radius: .4rem; text-align: center; box-sizing: border-box; }
.fanlic svg text { fill: currentColor; font-family: inherit; }
.fanlic svg.picture { width: 100%; height: auto; max-width: 62rem; display: block; }
.fanlic dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .1rem .8rem; margin: .3rem 0; }
.fanlic dt { color: var(--fl-soft); } .fanlic dd { margin: 0; }
.fanlic-phone { border: .3rem solid var(--fl-soft); border-radius: 1.2rem; padding: .8rem; }
.fanlic.fanlic dt, .fanlic.fanlic dd { float: none; clear: none; display: block; width: auto; margin: 0; padding: 0; }
.fanlic.fanlic th, .fanlic.fanlic td { text-align: left; }
.fanlic.fanlic tbody tr, .fanlic.fanlic tbody tr:nth-child(odd) { background: none; }
.jp-RenderedHTML .fanlic .scroll { max-height: none; }
""".strip()

_BASIS_CLASS = {Basis.PAGE: "page", Basis.VENDOR: "vendor", Basis.READING: "reading"}


def block(content: str, *, role: str = "") -> str:
    """HTML in the forms' style."""
    return f'<div class="fanlic"{f" role={role}" if role else ""}>{content}</div>'


def basis_label(basis: Basis, slug: str = "", told: str = "") -> str:
    """What an outcome rests on, as a small label, with the clause's slug if there is one."""
    said = _("basis: {basis}").format(basis=told or _(basis)) + (f" · {slug}" if slug else "")
    return f'<span class="fanlic-basis {_BASIS_CLASS[basis]}">{escape(said)}</span>'


def clause_label(clause: Clause) -> str:
    """The same for a clause."""
    return basis_label(clause.basis, clause.slug, basis_text(clause))


def note(text: str, basis: Basis | Clause | None = None, kind: str = "") -> str:
    """An outcome; `kind` is good, warn or nothing."""
    return f'<div class="fanlic-note {kind}"><p>{escape(text)}</p>{_label(basis)}</div>'


def refusal_box(refusal: Refusal, more: str = "") -> str:
    """The pop-up of a refusal: code, name, message, next step, clause. `more`: HTML below."""
    name = f"{int(refusal.code)} {refusal.code.name}" if refusal.code else refusal.reason
    message = escape(fill(refusal.message, refusal.evidence))
    lines = [f"<p>{message}</p>"]
    if next_step := fill(refusal.next_step, refusal.evidence):
        lines.append(f"<p><strong>{escape(_('Next:'))}</strong> {escape(next_step)}</p>")
    if not isinstance(refusal, Reported):  # what came over the wire does not say who acts
        lines.append(f'<p class="soft">{escape(_("Who acts: {who}").format(who=_(refusal.who)))}</p>')
    label = basis_label(refusal.basis, refusal.clause.slug if refusal.clause else "", basis_text(refusal))
    return _popup(name, "".join(lines) + label + more)


def problem_box(text: str) -> str:
    """The pop-up for what is no refusal of a rule: something typed that cannot be used, a file that cannot be read."""
    return _popup(_("Not done"), f"<p>{escape(text)}</p>")


def _popup(title: str, content: str) -> str:
    head = f"<header>{escape(title)}</header>"
    return f'<div class="fanlic-popup" role="alert">{head}<div>{content}</div></div>'


def _label(basis: Basis | Clause | None) -> str:
    if basis is None:
        return ""
    return basis_label(basis) if isinstance(basis, Basis) else clause_label(basis)


def terminal(text: str) -> str:
    """Text as a terminal shows it; a list of containers or images as a table, whose columns stay readable."""
    if text.startswith(("CONTAINER ID", "REPOSITORY")):
        return columns(text)
    return f"<pre>{escape(text)}</pre>"


def columns(text: str) -> str:
    """What `docker ps` or `docker images` prints, as a table: a notebook is narrower than these lines."""
    head, *lines = text.rstrip("\n").split("\n")
    begins = [match.start() for match in re.finditer(r"(?:^|(?<=  ))\S", head)]
    ends = [*begins[1:], None]

    def cells(line: str) -> list[str]:
        return [line[begin:end].strip() for begin, end in zip(begins, ends, strict=True)]

    rows = [[f"<code>{escape(cell)}</code>" for cell in cells(line)] for line in lines]
    return table(cells(head), rows)


def command(text: str) -> str:
    """A line to copy, wrapped where it is long."""
    return f'<pre class="wrap">{escape(text)}</pre>'


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], caption: str = "") -> str:
    """A small table; cells are HTML, headings and caption are text."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    # With a class, so that the site's theme does not wrap it into a region that no key reaches.
    table = f'<table class="rows">{said}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll" tabindex="0">{table}</div>'


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values, one pair a line; all text."""
    return "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs) + "</dl>"


def items(texts: Iterable[str], *, ordered: bool = False) -> str:
    """A list; each item is HTML."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>" + "".join(f"<li>{text}</li>" for text in texts) + f"</{tag}>"


class Html:
    """A piece of HTML that a notebook's cell shows; `html` is the whole of it."""

    def __init__(self, html: str) -> None:
        self.html = html

    def __repr__(self) -> str:
        return _("a picture; a notebook shows it")  # without an address, which would differ from run to run

    def _repr_html_(self) -> str:
        return f"<style>{CSS}</style>{block(self.html)}"
