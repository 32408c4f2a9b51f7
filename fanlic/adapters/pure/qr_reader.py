"""Reads a QR code in clean, upright pixels, for a Python without zxing-cpp: what a screen shows, no photograph.

The grid of modules is read off the picture, unmasked and decoded. What was read is drawn again and compared with the
picture, so that a damaged code is refused instead of misread: no errors are corrected.
"""

from __future__ import annotations

from collections.abc import Iterator

import qrcode
from qrcode import base, util
from qrcode.main import QRCode

_DARK = 128  # gray below this is a dark module
_FINDER = 7  # modules across a corner mark
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

Grid = list[list[bool]]


def texts(raster: memoryview) -> list[str]:
    """The text of the QR code in gray pixels, height by width; empty if none can be read."""
    grid = _grid(raster)
    if grid is None or len(grid) % 4 != 1 or not 21 <= len(grid) <= 177:
        return []
    try:
        level, mask = _format(grid)
        text = _text(_codewords(grid, level, mask), level, _version(grid))
    except (ValueError, StopIteration, IndexError):
        return []
    return [text] if _drawn(text, grid, level, mask) else []


def _grid(raster: memoryview) -> Grid | None:
    """The dark modules, without the quiet zone; None if there is no grid."""
    height, width = raster.shape or (0, 0)
    flat = raster.tobytes()
    rows = [flat[y * width : (y + 1) * width] for y in range(height)]
    dark = [y for y, row in enumerate(rows) if min(row, default=255) < _DARK]
    if not dark:
        return None
    top, bottom = dark[0], dark[-1]
    left = min(next(x for x, gray in enumerate(rows[y]) if gray < _DARK) for y in dark)
    right = max(next(x for x in range(width - 1, -1, -1) if rows[y][x] < _DARK) for y in dark)
    run = next((x for x in range(left, width) if rows[top][x] >= _DARK), width) - left
    size = round((right - left + 1) * _FINDER / run) if run else 0
    if not size or abs((right - left) - (bottom - top)) > 1:
        return None
    scale = (right - left + 1) / size
    middle = [int((each + 0.5) * scale) for each in range(size)]
    return [[rows[top + y][left + x] < _DARK for x in middle] for y in middle]


def _version(grid: Grid) -> int:
    return (len(grid) - 17) // 4


def _format(grid: Grid) -> tuple[int, int]:
    """The level of error correction and the mask that the format's bits beside the corner marks tell."""
    row = [*range(6), 7, 8]
    bits = [grid[8][x] for x in row] + [grid[y][8] for y in reversed(row[:-1])]
    value = int("".join("1" if bit else "0" for bit in bits), 2)
    for data in range(32):
        if util.BCH_type_info(data) == value:
            return data >> 3, data & 7
    raise ValueError("no format")


def _codewords(grid: Grid, level: int, mask: int) -> list[int]:
    """The codewords as they stand in the picture, unmasked, upward and downward in columns of two modules."""
    free = _empty(_version(grid), level)
    hidden = util.mask_func(mask)
    bits = [grid[y][x] != hidden(y, x) for y, x in _way(len(grid)) if free[y][x]]
    whole = range(0, len(bits) - 7, 8)
    return [int("".join("1" if bit else "0" for bit in bits[at : at + 8]), 2) for at in whole]


def _way(size: int) -> Iterator[tuple[int, int]]:
    upward = True
    for right in range(size - 1, 0, -2):
        column = right - 1 if right <= 6 else right  # the column of the timing pattern holds no data
        for y in range(size - 1, -1, -1) if upward else range(size):
            yield y, column
            yield y, column - 1
        upward = not upward


def _empty(version: int, level: int) -> list[list[bool]]:
    """Which modules hold data: those that the patterns and the format leave free."""
    code = QRCode(version=version, error_correction=level, border=0)
    size = version * 4 + 17
    code.modules_count, code.modules = size, [[None] * size for _row in range(size)]
    for corner in ((0, 0), (size - 7, 0), (0, size - 7)):
        code.setup_position_probe_pattern(*corner)
    code.setup_position_adjust_pattern()
    code.setup_timing_pattern()
    code.setup_type_info(True, 0)
    if version >= 7:
        code.setup_type_number(True)
    return [[module is None for module in row] for row in code.modules]


def _text(words: list[int], level: int, version: int) -> str:
    """The text of the codewords: the blocks put in order, and the segments decoded."""
    blocks = base.rs_blocks(version, level)
    parts: list[list[int]] = [[] for _block in blocks]
    source = iter(words)
    for at in range(max(block.data_count for block in blocks)):
        for part, block in zip(parts, blocks, strict=True):
            if at < block.data_count:
                part.append(next(source))
    bits = "".join(f"{word:08b}" for part in parts for word in part)
    return "".join(_segments(bits, version))


def _segments(bits: str, version: int) -> Iterator[str]:
    at = 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while len(bits) - at >= 4 and (mode := take(4)):
        count = take(util.length_in_bits(mode, version))
        if mode == util.MODE_NUMBER:
            yield "".join(f"{take(3 * each + 1):0{each}}" for each in _groups(count, 3))
        elif mode == util.MODE_ALPHA_NUM:
            for each in _groups(count, 2):
                yield _letters(take(11 if each == 2 else 6), each)
        else:
            yield bytes(take(8) for _byte in range(count)).decode("ascii")


def _groups(count: int, size: int) -> list[int]:
    return [size] * (count // size) + ([count % size] if count % size else [])


def _letters(value: int, count: int) -> str:
    if count == 1:
        return _ALPHANUMERIC[value]
    return _ALPHANUMERIC[value // 45] + _ALPHANUMERIC[value % 45]


def _drawn(text: str, grid: Grid, level: int, mask: int) -> bool:
    """Whether the text, drawn with the same settings, is this very picture."""
    code = qrcode.QRCode(version=_version(grid), error_correction=level, mask_pattern=mask, border=0)
    code.add_data(text, optimize=20)
    code.make(fit=False)
    return bool(code.get_matrix() == grid)
