"""QR codes: the picture on the page, and a phone's camera that knows nothing but its pixels.

Error correction is M (15 %). The challenge of a desk at an IP address is version 10, 57 modules across (65 with the
quiet zone); L would save 8 of them, but from a projector glare and a pointing arm cost more than size: M still reads
with a white patch of a quarter of the width, L often does not. Capital letters and digits are stored in 5.5 bits each:
runs of at least 20 of them become a segment of their own.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from html import escape
from itertools import groupby

from fanlic.adapters.chosen import qr_reader
from fanlic.texts import _

QUIET = 4  # modules of white on each side, as ISO/IEC 18004 asks
CAPACITY = 2331  # bytes in the largest code, version 40 with error correction M
LARGEST = 4096 * 4096  # pixels that `read` is willing to unpack

_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
    ' shape-rendering="crispEdges"><title>{title}</title>'
    # a white of its own: dark mode must not turn the picture into one that no phone reads
    '<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="'
)
_SVG = re.compile(
    re.escape(_HEAD)
    .replace(re.escape("{title}"), "[^<]*")
    .replace(re.escape("{size}"), "([0-9]{2,3})", 1)
    .replace(re.escape("{size}"), r"\1")
    + '((?:M[0-9]{1,3} [0-9]{1,3}h(?P<run>[0-9]{1,3})v1h-(?P=run)z)+)"/></svg>'
)
_RUN = re.compile(r"M([0-9]+) ([0-9]+)h([0-9]+)v")


class UnreadablePicture(ValueError):
    """The picture holds no QR code, more than one, or a damaged one."""


def svg(text: str, title: str) -> str:
    """The QR code of an ASCII `text` as inline SVG: one path of horizontal runs, module = unit."""
    rows = _modules(text)
    runs = []
    for y, row in enumerate(rows):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return _HEAD.format(size=len(rows), title=escape(title)) + "".join(runs) + '"/></svg>'


def png(text: str, scale: int = 8) -> bytes:
    """The same QR code as a PNG of black and white; `scale` is pixels a module."""
    import png as pypng

    rows = [[not dark for dark in row for _pixel in range(scale)] for row in _modules(text)]
    side = len(rows) * scale
    picture = io.BytesIO()
    pypng.Writer(side, side, greyscale=True, bitdepth=1).write(picture, [row for row in rows for _line in range(scale)])
    return picture.getvalue()


def picture_png(picture: str) -> bytes:
    """A page's picture as PNG; raises UnreadablePicture."""
    return png(read(picture))


def pixels(svg: str, scale: int = 4) -> memoryview:
    """What a camera sees of an SVG made here: gray pixels, height by width, `scale` a module.

    Only the view box and the path are looked at. ValueError for any other SVG.
    """
    form = _SVG.fullmatch(svg)
    if form is None:
        raise ValueError(_("This is not an SVG picture made by fanlic."))
    size = int(form[1])
    raster = bytearray(b"\xff") * (size * scale) ** 2
    for x, y, width in (map(int, run) for run in _RUN.findall(form[2])):
        if x + width > size or y >= size:
            raise ValueError(_("This is not an SVG picture made by fanlic."))
        for line in range(y * scale, (y + 1) * scale):
            start = line * size * scale + x * scale
            raster[start : start + width * scale] = bytes(width * scale)
    return memoryview(bytes(raster)).cast("B", (size * scale, size * scale))


def read(picture: str | bytes) -> str:
    """What a phone reads off a picture: SVG text made here, or the bytes of any PNG.

    UnreadablePicture says what to do; ValueError for an SVG of somebody else.
    """
    raster = pixels(picture) if isinstance(picture, str) else _png_pixels(picture)
    found = qr_reader.texts(raster)
    if not found:
        raise UnreadablePicture(
            _(
                "No readable QR code is in this picture. Show the whole code with its white border,"
                " larger and without glare, and scan again."
            )
        )
    if len(found) > 1:
        raise UnreadablePicture(
            _(
                "There are {count} QR codes in this picture. Show only the one of the"
                " authorization server's page, and scan again."
            ).format(count=len(found))
        )
    return found[0]


def _modules(text: str) -> list[list[bool]]:
    """Dark modules by row, quiet zone included."""
    import qrcode

    if not text.isascii():  # a scanner has to guess any other encoding
        raise ValueError(_("Only ASCII text goes into a QR code of ours."))
    if len(text) > CAPACITY:
        raise ValueError(
            _("{count} characters are too many for a QR code; it holds {capacity}.").format(
                count=len(text), capacity=CAPACITY
            )
        )
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text, optimize=20)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _png_pixels(picture: bytes) -> memoryview:
    import png as pypng

    if not re.match(rb"\x89PNG\r\n\x1a\n.{4}IHDR.{8}", picture, re.DOTALL):
        raise _damaged(_("it does not start as a PNG does"))
    width, height = struct.unpack(">II", picture[16:24])
    if not 0 < width * height <= LARGEST:  # looked at before anything is unpacked
        raise _damaged(_("{width} x {height} pixels").format(width=width, height=height))
    try:
        rows = pypng.Reader(bytes=picture).asRGBA8()[2]
        gray = b"".join(bytes(row[1::4]) for row in rows)  # green is close enough to brightness
    except (pypng.Error, zlib.error, struct.error, ValueError, IndexError) as error:
        # the last three: pypng trusts what a damaged file says about its own palette and depth
        raise _damaged(str(error)) from None
    if len(gray) != width * height:
        raise _damaged(_("rows are missing"))
    return memoryview(gray).cast("B", (height, width))


def _damaged(reason: str) -> UnreadablePicture:
    return UnreadablePicture(
        _("The picture is not a usable PNG ({reason}). Save it as PNG again.").format(reason=reason)
    )
