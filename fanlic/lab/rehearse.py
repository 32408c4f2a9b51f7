"""`fanlic rehearse`: the main story on real processes, told on the terminal, with everything worth keeping folder."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path

from fanlic.lab.beat import WIDTH, Beat
from fanlic.lab.scenario import broke_off, play, rules
from fanlic.lab.stage import CONFIG, LOG, Stage
from fanlic.lab.story import STORY
from fanlic.lab.world import Lab
from fanlic.model.policy import FINEBI_6_0_5, Policy
from fanlic.texts import _
from fanlic.texts.about import NOT_FANRUAN
from fanlic.wiring.lab import picture_png


class FolderNotEmpty(Exception):
    """The folder for the artefacts holds something already."""


def rehearse(
    seed: int, out: Path | None, *, as_json: bool, engine: str = "sandbox", policy: Policy = FINEBI_6_0_5
) -> int:
    """Play the story; 0 if it ended as the rules say. Raises FolderNotEmpty or EngineUnusable first."""
    folder = _new_folder(out)
    beats: list[Beat] = []

    def tell(beat: Beat) -> None:
        beats.append(beat)
        if not as_json:
            print(beat, flush=True)

    if not as_json:
        print(textwrap.fill(_(NOT_FANRUAN), WIDTH))
        print(rules(policy))
    with Lab(engine=engine, seed=seed, policy=policy) as lab:
        stage = Stage(lab, tell)
        problem = play(STORY, stage)
        _keep(lab, stage.picture, folder)
    if as_json:
        print(json.dumps(_report(seed, beats, folder, problem), indent=1))
    elif not problem:
        print(
            "\n"
            + _("Saved in {folder}: mails, archive, QR code, privateConfig, server log, timeline.").format(
                folder=folder
            )
        )
    if problem:
        print(broke_off(policy, _("The rehearsal stopped early: {problem}"), problem), file=sys.stderr)
        print(
            _("The files made so far are in {folder}; read the server's log there.").format(folder=folder),
            file=sys.stderr,
        )
    return 1 if problem else 0


def _new_folder(out: Path | None) -> Path:
    if out is None:
        names = ("rehearsal", *(f"rehearsal-{count}" for count in range(2, 1000)))
        return next(path for path in map(Path, names) if not path.exists())
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderNotEmpty(
            _("{folder} is not an empty folder; nothing was done. Name a new one with --out.").format(folder=out)
        )
    return out


def _keep(lab: Lab, picture: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(lab.folder / "mails", folder / "mails", dirs_exist_ok=True)
    for archive in sorted(lab.inbox.glob("*.tar")):
        shutil.copy2(archive, folder / archive.name)
    if picture:
        (folder / "qrcode.png").write_bytes(picture_png(picture))
    private_config = lab.hosts[0].path(CONFIG) / "privateConfig"
    if private_config.exists():
        shutil.copy2(private_config, folder / "privateConfig")
    for host in lab.hosts:
        log = host.path(LOG) / "server.log"
        if log.exists():
            shutil.copy2(log, folder / f"server-{host.name}.log")
    (folder / "timeline.csv").write_text(lab.timeline_csv(), "utf-8", newline="")


def _report(seed: int, beats: list[Beat], folder: Path, problem: str) -> dict[str, object]:
    story = [
        {
            "at": beat.at.isoformat(),
            "kind": beat.kind,
            "text": beat.text,
            "clause": beat.clause.slug if beat.clause else None,
            "basis": beat.said.basis if beat.said else None,
        }
        for beat in beats
    ]
    return {"seed": seed, "ended_well": not problem, "problem": problem, "folder": str(folder), "story": story}
