"""Reads the QR codes in a raster by zxing-cpp; `pure/qr_reader.py` has the same name for a Python without it."""

from __future__ import annotations


def texts(raster: memoryview) -> list[str]:
    """The texts of the QR codes in gray pixels, height by width."""
    import zxingcpp

    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [str(each.text) for each in zxingcpp.read_barcodes(raster, formats=wanted)]
