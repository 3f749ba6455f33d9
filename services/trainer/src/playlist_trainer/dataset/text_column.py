"""Polars' texts as a model's columns of text."""

import numpy as np
import polars as pl

from playlist_model.text import TextColumn

_AT_ONCE = 1 << 18


def text_column(texts: pl.Series) -> TextColumn:
    """Return texts (String, null for "") as one block of UTF-8, without a Python object for each of them."""
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(texts.str.len_bytes().fill_null(0).to_numpy(), out=offsets[1:])
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    for begin in range(0, len(texts), _AT_ONCE):
        joined = texts.slice(begin, _AT_ONCE).str.join("").cast(pl.Binary)[0]
        data[offsets[begin] :][: len(joined)] = np.frombuffer(joined, dtype=np.uint8)
    return TextColumn(data, offsets)
