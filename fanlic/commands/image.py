"""`fanlic image build|show|verify`: the archive that a real Docker engine loads."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fanlic.commands.desk import desk_address
from fanlic.model.refusals import N_
from fanlic.ports import StartRefused
from fanlic.texts import _

FAILED, UNKNOWN = 1, 3
SIGNER_UNKNOWN = N_(
    "self-consistent, signer unknown: fingerprint {fingerprint}. Anybody can sign with a key of his own. Get the key "
    "of the business desk from the desk, not from this archive or its mail, and name it: --vendor FILE"
)


def options(parser: argparse.ArgumentParser) -> None:
    """The three commands and their options."""
    commands = parser.add_subparsers(dest="image_command", required=True, metavar=_("COMMAND"))
    _build_options(commands.add_parser("build", help=_("write an archive for a made-up customer, base included")))
    shown = commands.add_parser("show", help=_("what is in an archive, with the versions of everything"))
    verified = commands.add_parser("verify", help=_("check digests, names, configurations and the license"))
    for command in (shown, verified):
        command.add_argument("file", type=Path, metavar=_("FILE"), help=_("the image archive"))
    shown.set_defaults(run_image=_show)
    text = _("the vendor's public key, which you trust; without it nobody can say who signed")
    verified.add_argument("--vendor", type=Path, metavar=_("FILE"), help=text)
    verified.add_argument("--cache", type=Path, help=_("folder for the base (default: in the user's cache)"))
    verified.add_argument("--license", metavar=_("ID"), help=_("the license that the reply mail names"))
    verified.set_defaults(run_image=_verify)


def _build_options(parser: argparse.ArgumentParser) -> None:
    text = _("folder for the archive and the business desk behind it (default: image); the same folder repeats")
    parser.add_argument("--out", type=Path, default=Path("image"), help=text)
    parser.add_argument("--lab", action="store_true", help=_("with the lab's clock and fault controls (not strict)"))
    parser.add_argument("--cache", type=Path, help=_("folder for the base (default: in the user's cache)"))
    text = _("the vendor's signing key (default: one of its own, made in the folder of the business desk)")
    parser.add_argument("--vendor", type=Path, metavar=_("FILE"), help=text)
    text = _("where phones reach the business desk (default: https://localhost:8443); see: fanlic desk serve")
    parser.add_argument("--desk", type=desk_address, metavar=_("ADDRESS"), help=text)
    parser.set_defaults(run_image=_build)


def run(chosen: argparse.Namespace) -> int:
    """Run the chosen one: 0 done, 1 refused, 3 nothing wrong was found but not all is known; the reason is said."""
    from fanlic.wiring.image import REFUSALS, ArchiveRefused

    try:
        status: int = chosen.run_image(chosen)
    except ArchiveRefused as refusal:
        return _failed(f"{refusal}\n{refusal.remedy}")
    except (StartRefused, *REFUSALS) as refusal:
        return _failed(str(refusal))
    except OSError as problem:
        return _failed(_("{file}: {why}").format(file=problem.filename, why=problem.strerror or problem))
    return status


def _build(chosen: argparse.Namespace) -> int:
    from fanlic.lab.world import CONTRACT
    from fanlic.wiring.image import build, prepare

    base = prepare(chosen.cache, _say)
    _say(_("writing the archive ..."))
    built = build(chosen.out, CONTRACT, base, lab=chosen.lab, key=chosen.vendor, address=chosen.desk or "")
    size = built.path.stat().st_size / 1e6
    print(_("{file}: {size:.1f} MB, license {license}").format(file=built.path, size=size, license=built.license))
    print(f"SHA-256: {built.digest}")
    print(_("vendor's key: {file}, fingerprint {fingerprint}").format(file=built.vendor, fingerprint=built.fingerprint))
    print(_("Next: docker load < {file}").format(file=built.path))
    return 0


def _show(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.image import show

    for name, value in show(chosen.file):
        print(f"{name}: {value}")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    from fanlic.wiring.image import verify

    found = verify(chosen.file, chosen.license, chosen.vendor, chosen.cache, _say)
    terms, expires = found.terms, f"{found.terms.expires:%Y-%m-%d}"
    text = _("license {license} for {company}, {seats} seats, until {expires}")
    _say(text.format(license=terms.license, company=terms.company, seats=terms.seats, expires=expires))
    text = _("signed by the vendor whose key you named: fingerprint {fingerprint}")
    _say((text if found.signer_known else _(SIGNER_UNKNOWN)).format(fingerprint=found.fingerprint))
    if found.base_known is False:
        text = _("base unknown: this machine did not make it ({command}), so the programs in it were not judged")
        _say(text.format(command="fanlic image build"))
    known = found.signer_known and found.base_known is not False
    _say(_("good") if known else _("not known to be good"))
    return 0 if known else UNKNOWN


def _say(text: str) -> None:
    print(text, flush=True)


def _failed(text: str) -> int:
    print(f"fanlic image: {text}", file=sys.stderr)
    return FAILED
