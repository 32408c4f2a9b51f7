"""The QR code goes from the page to the phone as pixels, and only as pixels."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from xml.etree import ElementTree as ET

import pytest

from fanlic.adapters.qr import UnreadablePicture, pixels, png, read, svg

URL = ("https://desk.example.com:8443/a#" + "aB3_x-9Zq7Lm" * 30)[:300]


def as_png(rows: list[bytes], width: int, height: int | None = None) -> bytes:
    """A gray PNG written by hand, so that the reader meets pictures that `png` did not write."""
    return packed(zlib.compress(b"".join(b"\0" + row for row in rows)), width, height or len(rows))


def packed(body: bytes, width: int, height: int, palette: bytes = b"") -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    color = 3 if palette else 0
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0))
    colors = chunk(b"PLTE", palette) if palette else b""
    return b"\x89PNG\r\n\x1a\n" + header + colors + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def rows_of(picture: str) -> list[bytes]:
    raster = pixels(picture)
    height, width = raster.shape or (0, 0)
    flat = raster.tobytes()
    return [flat[y * width : (y + 1) * width] for y in range(height)]


def test_three_hundred_characters_come_back_from_the_rendered_pixels_of_the_svg() -> None:
    assert read(svg(URL, "Scan me")) == URL


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_three_hundred_characters_come_back_from_a_png(scale: int) -> None:
    assert read(png(URL, scale)) == URL


def test_three_hundred_characters_take_no_more_than_version_13() -> None:
    side = re.search(r'viewBox="0 0 (\d+) \1"', svg(URL, "Scan me"))

    assert side is not None
    assert int(side[1]) == 17 + 4 * 13 + 2 * 4


def test_the_png_shows_the_same_pixels_as_the_svg() -> None:
    rows = rows_of(svg(URL, "Scan me"))

    header = struct.unpack(">II", png(URL, 4)[16:24])

    assert header == (len(rows[0]), len(rows))
    assert read(as_png(rows, len(rows[0]))) == read(png(URL, 4))


def test_the_same_text_gives_the_same_picture() -> None:
    assert svg(URL, "Scan me") == svg(URL, "Scan me")
    assert png(URL) == png(URL)
    assert pixels(svg(URL, "one")) == pixels(svg(URL, "two"))


def test_the_title_is_escaped_and_reads_back_as_typed() -> None:
    title = "a & b < c > \"d\" 'e'</title><script>"
    picture = svg(URL, title)

    root = ET.fromstring(picture)

    assert root.findtext("{http://www.w3.org/2000/svg}title") == title
    assert [child.tag.rpartition("}")[2] for child in root] == ["title", "rect", "path"]
    assert root.get("role") == "img"
    assert read(picture) == URL


def test_dark_mode_cannot_touch_the_picture() -> None:
    """Black and white are written out, and white reaches four modules beyond the code."""
    root = ET.fromstring(svg(URL, "Scan me"))
    background, path = root[1], root[2]

    assert (background.get("fill"), path.get("fill")) == ("#fff", "#000")
    assert f"0 0 {background.get('width')} {background.get('height')}" == root.get("viewBox")
    rows = rows_of(svg(URL, "Scan me"))
    edge = 4 * 4
    assert {*b"".join(rows[:edge] + rows[-edge:])} == {255}
    assert {pixel for row in rows for pixel in row[:edge] + row[-edge:]} == {255}
    assert rows[edge][edge] == 0


def test_a_code_with_a_white_patch_of_a_fifth_of_its_width_is_still_read() -> None:
    """What error correction M is for: glare on a projector's screen."""
    rows = rows_of(svg(URL, "Scan me"))
    patch = len(rows) // 5
    start = 2 * patch
    for y in range(start, start + patch):
        rows[y] = rows[y][:start] + b"\xff" * patch + rows[y][start + patch :]

    assert read(as_png(rows, len(rows[0]))) == URL


@pytest.mark.parametrize("shade", [b"\xff", b"\0", b"\x80"])
def test_a_code_that_is_blanked_by_forty_percent_is_refused(shade: bytes) -> None:
    rows = rows_of(svg(URL, "Scan me"))
    keep = len(rows) * 6 // 10
    damaged = rows[:keep] + [shade * len(rows[0])] * (len(rows) - keep)

    with pytest.raises(UnreadablePicture, match="No readable QR code"):
        read(as_png(damaged, len(rows[0])))


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(UnreadablePicture, match="scan again"):
        read(as_png([b"\xff" * 200] * 200, 200))


def test_two_codes_in_one_picture_are_refused() -> None:
    rows = [row * 2 for row in rows_of(svg("https://desk.example.com/a", "Scan me"))]

    with pytest.raises(UnreadablePicture, match="There are 2 QR codes"):
        read(as_png(rows, len(rows[0])))


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"GIF89a" + bytes(40),
        png(URL)[:20],
        png(URL)[:200],
        png(URL)[:300] + b"\0" + png(URL)[301:],
        as_png([b"\xff" * 200] * 50, 200, height=200),
        as_png([b"\xff"], 0),
        packed(b"never compressed", 200, 200),
        packed(zlib.compress(b"\0\x07"), 1, 1, palette=b"\xff\xff\xff"),
    ],
    ids=[
        "empty",
        "no PNG",
        "no header",
        "cut",
        "changed",
        "few rows",
        "no width",
        "no zlib",
        "color 7 of 1",
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(picture: bytes) -> None:
    with pytest.raises(UnreadablePicture, match="Save it as PNG again"):
        read(picture)


def test_a_huge_picture_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(UnreadablePicture, match="60000 x 60000 pixels"):
        read(as_png([b""], 60000, height=60000))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<rect", "<script/><rect"),
        ('"#000"', '"#fff"'),
        ("</svg>", "</svg> "),
        ("<svg", '<svg onload="x"'),
        ("M4 4h7", "M99 4h7"),
        ("M4 4h7v1h-7z", "M4 999h7v1h-7z"),
        ("M4 4h7v1h-7z", "M4 4h7v1h-6z"),
        ("v1h", "v2h"),
        ('height="77"', 'height="78"'),
    ],
)
def test_an_svg_of_somebody_else_is_refused(old: str, new: str) -> None:
    picture = svg(URL, "Scan me")
    assert old in picture

    with pytest.raises(ValueError, match="not an SVG picture made by fanlic"):
        pixels(picture.replace(old, new, 1))


def test_the_phone_takes_the_text_from_the_pixels_and_not_from_the_title() -> None:
    assert read(svg("https://desk.example.com/real", "https://desk.example.com/title")) == (
        "https://desk.example.com/real"
    )


def test_the_longest_text_fits_and_one_more_character_is_refused() -> None:
    longest = "".join(chr(97 + i * i % 26) for i in range(2331))

    assert read(svg(longest, "Scan me")) == longest
    with pytest.raises(ValueError, match="2332 characters are too many for a QR code"):
        svg(longest + "x", "Scan me")


def test_a_text_that_scanners_would_have_to_guess_is_refused() -> None:
    with pytest.raises(ValueError, match="Only ASCII"):
        svg("https://desk.example.com/\N{LATIN SMALL LETTER E WITH ACUTE}", "Scan me")


def test_importing_the_adapter_loads_no_heavy_library() -> None:
    heavy = "{'qrcode', 'zxingcpp', 'png', 'numpy'}"
    program = f"import sys, fanlic.adapters.qr; print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)

    assert done.stdout.strip() == "[]"
