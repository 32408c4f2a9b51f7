"""The clipboard's text, by the program that the system has for it. Not for a browser's Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from fanlic.texts import _

SECONDS = 10


def pasted() -> bytes:
    """The text on the clipboard; OSError if no program can read it."""
    command = next((words for words in _commands() if shutil.which(words[0])), None)
    if command is None:
        raise OSError(_("no program here reads the clipboard; paste into a file, or into fanlic triage itself"))
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as problem:
        raise OSError(_("the clipboard did not answer")) from problem
    if done.returncode:
        raise OSError(_("the clipboard holds no text"))
    return done.stdout


def _commands() -> list[list[str]]:
    if sys.platform == "win32":
        read = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; Get-Clipboard -Raw"
        return [["powershell", "-NoProfile", "-Command", read], ["pwsh", "-NoProfile", "-Command", read]]
    if sys.platform == "darwin":
        return [["pbpaste"]]
    x11 = [["xclip", "-selection", "clipboard", "-out"], ["xsel", "--clipboard", "--output"]]
    return [["wl-paste", "--no-newline"], *x11] if os.environ.get("WAYLAND_DISPLAY") else x11
