"""The pages of reference on what can be called: every command with its options, every call of the server."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from typing import Any

from _site.entries import links
from _site.tongue import md
from fanlic import cli
from fanlic.web import openapi


class Undocumented(Exception):
    """A command or an option says nothing of itself."""


# -- commands


def commands() -> str:
    """Every command with its options, from the parsers themselves."""
    from fanlic.troubleshoot import COMMANDS

    parser = cli._parser("")
    subparsers = _sub(parser)
    parts = [
        "---\ntitle: Command line\n---\n",
        "# Command line\n",
        "`fanlic COMMAND`, or `python -m fanlic COMMAND` in the project's folder. Exit status: 0 done,",
        "1 failed or not found, 2 asked for wrongly,",
        "3 to 9 a refused start of the server. Made from the parsers, so that none is left out.\n",
    ]
    helps = {action.dest: action.help or "" for action in subparsers._choices_actions}
    for name, command in subparsers.choices.items():
        if name in COMMANDS:
            module = import_module(f"fanlic.troubleshoot.{name}")
            module.options(command)
        elif not any(action.dest != "help" for action in command._actions):
            module = import_module(f"fanlic.commands.{name}")
            module.options(command)
        parts += _command(f"fanlic {name}", command, helps.get(name, ""), 2)
    return "\n".join(parts)


def _sub(parser: argparse.ArgumentParser) -> Any:
    return next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))


def _command(name: str, parser: argparse.ArgumentParser, about: str, level: int) -> list[str]:
    if not about:
        raise Undocumented(f"{name} has no help text")
    parts = [f"{'#' * level} {name}\n", f"{md(about[0].upper() + about[1:])}.\n"]
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    parts += ["~~~~ text", usage, "~~~~\n"]
    rows = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            rows += [(f"`{inner}`", f"see [below](#{_anchor(f'{name} {inner}')})") for inner in action.choices]
        elif action.dest != "help":
            if action.option_strings and not action.help:
                raise Undocumented(f"{name} {action.option_strings[-1]} has no help text")
            rows.append((_shown(action), md(action.help or "see above")))
    if rows:
        parts += ["| Argument | Meaning |", "|---|---|", *(f"| {left} | {right} |" for left, right in rows), ""]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {each.dest: each.help or "" for each in action._choices_actions}
            for inner, command in action.choices.items():
                parts += _command(f"{name} {inner}", command, helps.get(inner, ""), level + 1)
    return parts


def _shown(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"`{value}`"
    return f"`{action.option_strings[-1]}{'' if action.nargs == 0 else ' ' + value}`"


def _anchor(text: str) -> str:
    return re.sub(r"\s+", "-", text.lower())


# -- calls


def calls() -> str:
    description = openapi.description(lab=True)
    parts = [
        "---\ntitle: HTTP API\n---\n",
        "# HTTP API\n",
        "What the rehearsal's authorization server answers to. It is fanlic's own wire: a FanRuan server speaks",
        "another. The same for programs: [openapi.json](openapi.json), and `/openapi.json` of every running server.",
        "Refusals are `application/problem+json` after RFC 9457.\n",
    ]
    known = links()
    for path, methods in description["paths"].items():
        for method, call in methods.items():
            parts += [f"## {method.upper()} {md(path)} {{ #{_slug(method, path)} }}\n", f"{md(call['summary'])}\n"]
            parts += _body(call)
            parts += _answers(call, known)
    parts += [
        "## The problem { #problem }\n",
        "What every refusal says.\n",
        *_fields(description["components"]["schemas"]["Problem"]),
    ]
    return "\n".join(parts)


def _slug(method: str, path: str) -> str:
    return "-".join([method, *re.findall(r"[a-z0-9]+", path)])


def _body(call: dict[str, Any]) -> list[str]:
    lines = [
        f"- `{parameter['name']}` in the {parameter['in']}"
        + (f": {md(about)}" if (about := parameter["schema"].get("description")) else "")
        for parameter in call.get("parameters", ())
    ]
    for media, content in call.get("requestBody", {}).get("content", {}).items():
        properties = content["schema"]["properties"]
        lines.append(f"- Body, `{media}`: " + (", ".join(f"`{name}`" for name in properties) or "an empty object"))
    return [*lines, ""] if lines else []


def _answers(call: dict[str, Any], known: dict[str, str]) -> list[str]:
    lines = ["| Status | What | Reasons |", "|---|---|---|"]
    for status, answer in call["responses"].items():
        names = []
        for named in answer.get("x-fanlic-reasons", ()):
            key = str(named["code"] or named["reason"])
            label = f"{named['code']} {named['reason']}" if named["code"] else named["reason"]
            names.append(f"[{label}](../{known[key]})" if key in known else f"`{label}`")
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        what = "fields " + ", ".join(f"`{name}`" for name in schema["properties"]) if schema.get("properties") else ""
        what = what or ("a problem" if names or status == "default" else md(answer["description"]))
        lines.append(f"| {status} | {what} | {', '.join(names)} |")
    return [*lines, ""]


def _fields(schema: dict[str, Any]) -> list[str]:
    lines = ["| Field | Type |", "|---|---|"]
    for name, field in schema["properties"].items():
        kind = field["type"]
        lines.append(f"| `{name}` | {' or '.join(kind) if isinstance(kind, list) else kind} |")
    return [*lines, ""]
