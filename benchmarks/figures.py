"""Writes the page of figures from what the other scripts have printed: `python -m benchmarks.figures FILE`.

FILE holds their lines of JSON. The page is docs/explanation/figures.md, its two pictures are beside it.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.site import ROOT

PAGE = ROOT / "docs" / "explanation" / "figures.md"
SPEED, SCALE = PAGE.with_name("figures-speed.svg"), PAGE.with_name("figures-scale.svg")
Figure = dict[str, Any]
NAMES = {"bare": "floor", "flask": "Flask, one table", "fanlic": "fanlic"}
COLORS = {"bare": "#9e9e9e", "flask": "#5c9bd5", "fanlic": "#1b7f5c"}
WIDTH, LEFT, ROW = 720, 250, 26


def machine() -> str:
    """The class of the machine in general words."""
    system = f"{platform.system()} on {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"


def place(folder: str) -> str:
    """Where the files were."""
    return "memory" if folder.startswith("/dev/shm") else "disk"  # noqa: S108


def speed_rows(figures: list[Figure]) -> Iterator[str]:
    """The table of paces."""
    heads = ("Files in", "Clients", "Server", "Requests a second", "Floor = 1", "CPU, floor = 1", "p50, ms", "p99, ms")
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in figures:
        yield (
            f"| {place(each['folder'])} | {each['clients']} | {NAMES[each['server']]} | {each['rate']:.0f} "
            f"| {each['rate_ratio']:.2f} | {each['cpu_ratio']:.1f} | {each['p50']:.1f} | {each['p99']:.0f} |"
        )


def scale_rows(figures: list[Figure]) -> Iterator[str]:
    """The table of costs, against the first one."""
    yield "| Seats | Lines of the journal | Microseconds a turn | Against the first row |"
    yield "|---|---|---|---|"
    first = figures[0]["microseconds"]
    for each in figures:
        cost = each["microseconds"]
        yield f"| {each['seats']:,} | {each['lines']:,} | {cost:.0f} | {cost / first:.2f} |"


def aims(figures: list[Figure]) -> Iterator[str]:
    """The table of aims: each with what was measured, and whether it was met."""
    ours = [each for each in figures if each["server"] == "fanlic"]
    floors = {(each["folder"], each["clients"]): each for each in figures if each["server"] == "bare"}
    yield "| Aim | Measured | Met |"
    yield "|---|---|---|"
    for each in ours:
        where, least = place(each["folder"]), 0.85 if place(each["folder"]) == "disk" else 0.6
        clients = "1 client" if each["clients"] == 1 else f"{each['clients']} clients"
        aim, met = f"{least} of the floor, {where}, {clients}", each["rate_ratio"] >= least
        yield f"| {aim} | {each['rate_ratio']:.2f} | {'yes' if met else 'no'} |"
    for each in ours:
        if each["clients"] > 1:
            floor = floors[each["folder"], each["clients"]]["p99"]
            aim = f"p99 below 60 ms, {place(each['folder'])}, {each['clients']} clients"
            measured, met = f"{each['p99']:.0f} ms; the floor {floor:.0f} ms", each["p99"] < 60
            yield f"| {aim} | {measured} | {'yes' if met else 'no'} |"


def durability_rows(figures: list[Figure]) -> Iterator[str]:
    """The table of what was tried."""
    yield "| Tried | Kills | Acknowledged | Of these | Refused | Lost, or kept though refused |"
    yield "|---|---|---|---|---|---|"
    for each in figures:
        faults = len(each["faults"])
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(each["kinds"].items()))
        told = f"{each['kills']} | {each['acknowledged']:,} | {kinds} | {each['refused']:,} | {faults}"
        yield f"| {each['part']} | {told} |"


def bars(rows: list[tuple[str, float, str]], unit: str) -> str:
    """Horizontal bars: label, value, color."""
    most = max(value for _label, value, _color in rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {ROW * len(rows) + 30}">',
        '<g font-family="sans-serif" font-size="13">',
    ]
    for count, (label, value, color) in enumerate(rows):
        top, length = ROW * count + 8, (WIDTH - LEFT - 90) * value / most
        lines += [
            f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end" fill="#808080">{label}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="{ROW - 8}" fill="{color}"/>',
            f'<text x="{LEFT + length + 6:.1f}" y="{top + 14}" fill="#808080">{value:.2f}</text>',
        ]
    lines += [f'<text x="{LEFT}" y="{ROW * len(rows) + 22}" fill="#808080">{unit}</text>', "</g></svg>", ""]
    return "\n".join(lines)


def page(figures: list[Figure]) -> str:
    """The page, from every figure."""
    speed = [each for each in figures if "server" in each]
    scale = [each for each in figures if "microseconds" in each]
    starts = [each for each in figures if "start" in each]
    durability = [each for each in figures if "part" in each]
    memory = max(each["resident memory, MiB"] for each in figures if "resident memory, MiB" in each)
    text = (ROOT / "benchmarks" / "figures.template.md").read_text("utf-8")
    started = "; ".join(
        f"{each['start']:.2f} s with {each['lines']:,} more lines in the journal ({each['ratio']:.1f} times "
        f"`import flask`)"
        for each in starts
    )
    return text.format(
        date=f"{datetime.now(UTC):%Y-%m-%d}", machine=machine(), speed="\n".join(speed_rows(speed)),
        aims="\n".join(aims(speed)),
        scale="\n".join(scale_rows(scale)), durability="\n".join(durability_rows(durability)),
        started=started or "not measured in this run", memory=f"{memory:.0f}",
    )  # fmt: skip


def speed_bars(figures: list[Figure]) -> str:
    """The picture of the paces."""
    rows = []
    for each in (each for each in figures if "server" in each):
        clients = "1 client" if each["clients"] == 1 else f"{each['clients']} clients"
        label = f"{NAMES[each['server']]}, {place(each['folder'])}, {clients}"
        rows.append((label, float(each["rate_ratio"]), COLORS[each["server"]]))
    return bars(rows, "requests a second against the floor (longer is faster)")


def scale_bars(figures: list[Figure]) -> str:
    """The picture of the costs."""
    costs = [each for each in figures if "microseconds" in each]
    rows = [
        (f"{each['seats']:,} seats, {each['lines']:,} lines", each["microseconds"] / costs[0]["microseconds"])
        for each in costs
    ]
    return bars([(*row, COLORS["fanlic"]) for row in rows], "cost of a turn against the first (equal is good)")


def main(file: str) -> None:
    """Write the page and its pictures."""
    figures: list[Figure] = [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]
    PAGE.write_text(page(figures), "utf-8")
    SPEED.write_text(speed_bars(figures), "utf-8")
    SCALE.write_text(scale_bars(figures), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
