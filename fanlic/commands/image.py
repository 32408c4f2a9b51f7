"""`fanlic image build|show|verify`: the archive that a real Docker engine loads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fanlic.texts import _

FAILED = 1


def options(parser: argparse.ArgumentParser) -> None:
    """The three commands and their options."""
    commands = parser.add_subparsers(dest="image_command", required=True, metavar=_("COMMAND"))
    _build_options(commands.add_parser("build", help=_("write an archive for a made-up customer, base included")))
    shown = commands.add_parser("show", help=_("what is in an archive, with the versions of everything"))
    verified = commands.add_parser("verify", help=_("check digests, names, configurations and the license"))
    for command in (shown, verified):
        command.add_argument("file", type=Path, metavar=_("FILE"), help=_("the image archive"))
    shown.set_defaults(run_image=_show)
    verified.add_argument("--license", metavar=_("ID"), help=_("the license that the reply mail names"))
    verified.set_defaults(run_image=_verify)


def _build_options(parser: argparse.ArgumentParser) -> None:
    text = _("folder for the archive and the business desk behind it (default: image); the same folder repeats")
    parser.add_argument("--out", type=Path, default=Path("image"), help=text)
    parser.add_argument("--lab", action="store_true", help=_("with the lab's clock and fault controls (not strict)"))
    parser.add_argument("--cache", type=Path, help=_("folder for the base (default: in the user's cache)"))
    parser.set_defaults(run_image=_build)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen one; 0 done, 1 refused, with the reason and the remedy on standard error."""
    from fanlic.wiring.image import ArchiveRefused, BaseUnavailable, LicenseRefused, VerifyRefused

    try:
        status: int = chosen.run_image(chosen)
    except ArchiveRefused as refusal:
        return _failed(f"{refusal}\n{refusal.remedy}")
    except (BaseUnavailable, LicenseRefused, VerifyRefused) as refusal:
        return _failed(str(refusal))
    except OSError as problem:
        return _failed(_("{file}: {why}").format(file=problem.filename, why=problem.strerror or problem))
    return status


def _build(chosen: argparse.Namespace) -> int:
    from fanlic.lab.world import CONTRACT
    from fanlic.wiring.image import build, default_cache, prepare

    base = prepare(chosen.cache or default_cache(), _say)
    _say(_("writing the archive ..."))
    built = build(chosen.out, CONTRACT, base, lab=chosen.lab)
    size = built.path.stat().st_size / 1e6
    print(_("{file}: {size:.1f} MB, license {license}").format(file=built.path, size=size, license=built.license))
    print(f"SHA-256: {built.digest}")
    print(_("Next: docker load < {file}").format(file=built.path))
    return 0


def _show(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.image import show

    for name, value in show(chosen.file):
        print(f"{name}: {value}")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.image import verify

    terms = verify(chosen.file, chosen.license, _say)
    text = _("good: license {license} for {company}, {seats} seats, until {expires}")
    expires = f"{terms.expires:%Y-%m-%d}"
    print(text.format(license=terms.license, company=terms.company, seats=terms.seats, expires=expires))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _failed(text: str) -> int:
    print(f"fanlic image: {text}", file=sys.stderr)
    return FAILED
