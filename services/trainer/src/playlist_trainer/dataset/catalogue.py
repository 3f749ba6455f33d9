"""How the songs of a dataset are described: by what its rows say most often."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from playlist_trainer.dataset.listings import AS_SONG


def catalogue(names: pl.Series, descriptions: pl.DataFrame) -> pl.DataFrame:
    """Describe each song by its most frequent title, artist and uri, and say how many artists share its name.

    Args:
        names: String, by song id.
        descriptions: columns song_id (Int32), title (maybe AS_SONG), artist, uri (String, nullable), row_count
            (Int64: rows with that description); one row per distinct description, in any order.

    Returns:
        columns song, title, artist (String, nullable), artist_count (UInt32), uri (String, nullable); one row per song.
    """
    song_ids = descriptions["song_id"]
    titles = descriptions["title"]
    if ((titles == AS_SONG) | titles.is_null()).all():
        title = names
    else:
        written_out = names.gather(song_ids).zip_with(titles == AS_SONG, titles)
        title = _most_frequent(written_out, descriptions, len(names))[0]
        title = title.zip_with(title.is_not_null(), names)
    artist, artist_counts = _most_frequent(descriptions["artist"], descriptions, len(names))
    uri, _ = _most_frequent(descriptions["uri"], descriptions, len(names))
    return pl.DataFrame({"song": names, "title": title, "artist": artist, "artist_count": artist_counts, "uri": uri})


def _most_frequent(
    texts: pl.Series, descriptions: pl.DataFrame, song_count: int
) -> tuple[pl.Series, NDArray[np.uint32]]:
    """Return each song's most frequent text, null where it has none, and how many different ones it has."""
    rows = np.flatnonzero(texts.is_not_null().to_numpy())
    song_ids = descriptions["song_id"].to_numpy()[rows]
    counts = np.bincount(song_ids, minlength=song_count).astype(np.uint32)
    chosen = np.full(song_count, -1, dtype=np.int64)
    chosen[song_ids] = rows
    # Most songs have one description, so that there is nothing to choose.
    several = rows[counts[song_ids] > 1]
    if len(several):
        best = _best(texts.gather(several), descriptions[several], several)
        chosen[best["song_id"].to_numpy()] = best["row"].to_numpy()
        counts[best["song_id"].to_numpy()] = best["texts"].to_numpy()
    return texts.gather(pl.Series(chosen).replace(-1, None)), counts


def _best(texts: pl.Series, descriptions: pl.DataFrame, rows: NDArray[np.int64]) -> pl.DataFrame:
    """Return columns song_id, row (of one with the most frequent text), texts (how many different ones)."""
    found = descriptions.select("song_id", "row_count", text=texts, row=pl.Series(rows))
    totals = found.group_by("song_id", "text").agg(pl.col("row_count").sum(), pl.col("row").first())
    # Equal frequencies go to the first in the alphabet, so that two trainings agree.
    ranked = totals.sort("song_id", "row_count", "text", descending=[False, True, False])
    return ranked.group_by("song_id", maintain_order=True).agg(pl.col("row").first(), pl.len().alias("texts"))
