"""`fanlic rehearse`: the main story on real processes, told on the terminal, with everything worth keeping kept."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path

from fanlic.lab.story import COMMAND, HEADING, LOG, OUTPUT, REFUSED, Beat, Story, StoryBroken
from fanlic.lab.world import Lab
from fanlic.model.policy import FINEBI_6_0_5, Policy, changed
from fanlic.model.refusals import Refusal
from fanlic.texts import _, basis, fill
from fanlic.texts.about import NOT_FANRUAN
from fanlic.wiring.lab import picture_png

_WIDTH = 96
_MARKS = {COMMAND: "$ ", OUTPUT: "  ", REFUSED: "x ", "request": "> ", "answer": "< ", "event": "* "}


class FolderNotEmpty(Exception):
    """The folder for the artefacts holds something already."""


def rehearse(
    seed: int, out: Path | None, *, as_json: bool, engine: str = "sandbox", policy: Policy = FINEBI_6_0_5
) -> int:
    """Play the story; 0 where it ended as the rules say. Raises FolderNotEmpty or EngineUnusable first."""
    kept = _folder(out)
    beats: list[Beat] = []

    def tell(beat: Beat) -> None:
        beats.append(beat)
        if not as_json:
            print(told(beat), flush=True)

    if not as_json:
        print(textwrap.fill(_(NOT_FANRUAN), _WIDTH))
        print(rules(policy))
    problem = ""
    with Lab(engine=engine, seed=seed, policy=policy) as lab:
        story = Story(lab, tell)
        try:
            story.run()
        except StoryBroken as broken:
            problem = str(broken)
        except Refusal as refusal:
            problem = fill(refusal.message, refusal.evidence)
        lab.collect()
        _keep(lab, story, kept)
    if as_json:
        print(json.dumps(_report(seed, beats, kept, problem), indent=1))
    elif not problem:
        print(
            "\n"
            + _("Kept in {folder}: mails, archive, QR code, privateConfig, server log, timeline.").format(folder=kept)
        )
    if problem:
        print(broke_off(policy, _("The rehearsal broke off: {problem}"), problem), file=sys.stderr)
        print(
            _("What was kept so far is in {folder}; the server's log there tells more.").format(folder=kept),
            file=sys.stderr,
        )
    return 1 if problem else 0


def rules(policy: Policy) -> str:
    """The edition of the rules, and what was changed in it."""
    turned = ", ".join(f"{name}={word}" for name, word in changed(policy).items())
    text = _("Rules: {edition}, with {changed}.") if turned else _("Rules: {edition}.")
    return text.format(edition=_(policy.title), changed=turned)


def broke_off(policy: Policy, text: str, problem: str) -> str:
    """`text` with the problem; under changed rules, that it was told for the edition's own."""
    if turned := ", ".join(changed(policy)):
        text = _("Told for the rules of the edition; with {changed} it comes out otherwise: {problem}")
        return text.format(changed=turned, problem=problem)
    return text.format(problem=problem)


def _folder(out: Path | None) -> Path:
    if out is None:
        names = ("rehearsal", *(f"rehearsal-{count}" for count in range(2, 1000)))
        return next(path for path in map(Path, names) if not path.exists())
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderNotEmpty(
            _("{folder} is not an empty folder; nothing was done. Name a new one with --out.").format(folder=out)
        )
    return out


def told(beat: Beat) -> str:
    """One beat as it stands on the terminal."""
    if beat.kind == HEADING:
        return f"\n{beat.at:%Y-%m-%d %H:%M}  {beat.text}\n" + "-" * (18 + len(beat.text))
    mark = _MARKS.get(beat.kind, "- ")
    if beat.kind == OUTPUT:
        return f"    {beat.text}"
    shown = textwrap.fill(
        beat.text, _WIDTH, initial_indent=f"  {mark}", subsequent_indent="    ", break_long_words=False
    )
    if beat.said is None or beat.clause is None:
        return shown
    return f"{shown}\n        [{beat.clause.slug}; {basis(beat.said)}]"


def _keep(lab: Lab, story: Story, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    shutil.copytree(lab.folder / "mails", kept / "mails", dirs_exist_ok=True)
    for archive in sorted(lab.inbox.glob("*.tar")):
        shutil.copy2(archive, kept / archive.name)
    if story.picture:
        (kept / "qrcode.png").write_bytes(picture_png(story.picture))
    if story.private_config:
        (kept / "privateConfig").write_bytes(story.private_config)
    for host in lab.hosts:
        log = host.path(LOG) / "server.log"
        if log.exists():
            shutil.copy2(log, kept / f"server-{host.name}.log")
    (kept / "timeline.csv").write_text(lab.timeline_csv(), "utf-8", newline="")


def _report(seed: int, beats: list[Beat], kept: Path, problem: str) -> dict[str, object]:
    told = [
        {
            "at": beat.at.isoformat(),
            "kind": beat.kind,
            "text": beat.text,
            "clause": beat.clause.slug if beat.clause else None,
            "basis": beat.said.basis if beat.said else None,
        }
        for beat in beats
    ]
    return {"seed": seed, "ended_well": not problem, "problem": problem, "folder": str(kept), "story": told}
