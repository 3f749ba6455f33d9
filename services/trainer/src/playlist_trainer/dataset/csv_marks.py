"""Byte-order marks in the middle of CSV, where files were put one behind another."""

import codecs
import re

_MARKS = re.compile(rb"(?:\A|(?<=[\r\n]))(?:%b)+" % codecs.BOM_UTF8)


def without_marks(block: bytes) -> bytes:
    """Return a block, which is whole lines of UTF-8, without the marks that its lines begin with."""
    return _MARKS.sub(b"", block) if codecs.BOM_UTF8 in block else block
