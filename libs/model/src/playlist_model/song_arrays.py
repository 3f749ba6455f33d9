"""How the song table lies in arrays with names, and what must hold for them."""

from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playlist_model.folding import FOLDS
from playlist_model.search import WordIndex
from playlist_model.songs import Songs
from playlist_model.text import TextColumn

Typed = Callable[[str, str], NDArray[Any]]

_SONG_ARRAYS = {"artist_counts": "<i4", "support_counts": "<i4", "key_songs": "<i4", "key_order": "<i4"}
_INDEX_ARRAYS = {
    field.name: "<u4" if field.name == "grams" else "<i8" if field.name.endswith("_offsets") else "<i4"
    for field in fields(WordIndex)
    if field.name != "words"
}
_KEY_FOLD = "song_key_fold"
# Models that were published before search had an index have none of these.
_INDEX_FILES = {_KEY_FOLD, "index_words", "index_words_offsets", *(f"index_{name}" for name in _INDEX_ARRAYS)}
_URI_FILES = {"song_uris", "song_uris_offsets"}


def arrays_of_songs(songs: Songs) -> dict[str, NDArray[Any]]:
    """Return every array of a song table under the name of its file (without .npy)."""
    columns = {"song_names": songs.names, "song_artists": songs.artists, "song_keys": songs.keys}
    if songs.titles is not songs.names:  # else items are titles: one column serves as both
        columns["song_titles"] = songs.titles
    if songs.uris is not None:
        columns["song_uris"] = songs.uris
    arrays: dict[str, NDArray[Any]] = {
        f"song_{name}": getattr(songs, name).astype(dtype, copy=False) for name, dtype in _SONG_ARRAYS.items()
    }
    if songs.index is not None:
        columns["index_words"] = songs.index.words
        arrays[_KEY_FOLD] = np.array([songs.fold_version], dtype="<i4")
        for name, dtype in _INDEX_ARRAYS.items():
            arrays[f"index_{name}"] = getattr(songs.index, name).astype(dtype, copy=False)
    for name, column in columns.items():
        arrays[name] = column.data
        arrays[f"{name}_offsets"] = column.offsets.astype("<i8", copy=False)
    return arrays


def songs_from_arrays(typed: Typed, names: Collection[str]) -> Songs:
    """Put a song table together.

    Args:
        typed: returns an array by name and expected dtype, or raises.
        names: of the arrays that there are.

    Raises:
        ValueError: the keys were made in a way that this reader does not know.
    """

    def text(name: str) -> TextColumn:
        return TextColumn(typed(name, "|u1"), typed(f"{name}_offsets", "<i8"))

    song_names = text("song_names")
    index, version = None, 1
    if not _INDEX_FILES.isdisjoint(names):
        version = _fold_version(typed(_KEY_FOLD, "<i4"))
        arrays = {name: typed(f"index_{name}", dtype) for name, dtype in _INDEX_ARRAYS.items()}
        index = WordIndex(words=text("index_words"), **arrays)
    return Songs(
        names=song_names,
        titles=text("song_titles") if "song_titles" in names else song_names,
        artists=text("song_artists"),
        keys=text("song_keys"),
        **{name: typed(f"song_{name}", dtype) for name, dtype in _SONG_ARRAYS.items()},
        fold_version=version,
        index=index,
        uris=None if _URI_FILES.isdisjoint(names) else text("song_uris"),
    )


def check_songs(songs: Songs) -> None:
    """Refuse arrays that would send a look-up outside of them.

    Raises:
        ValueError: what was found and what is expected.
    """
    count, key_count = len(songs), len(songs.keys)
    texts = {"names": songs.names, "titles": songs.titles, "artists": songs.artists, "keys": songs.keys}
    if songs.uris is not None:
        texts["uris"] = songs.uris
    for name, column in texts.items():
        if name != "keys":
            _check_length(f"song {name}", len(column), count)
    for name, expected in {"artist_counts": count, "support_counts": count, "key_songs": key_count}.items():
        _check_length(f"song {name}", len(getattr(songs, name)), expected)
    _check_length("song key_order", len(songs.key_order), key_count)
    for name, column in texts.items():
        check_offsets(f"song {name}", column.offsets, len(column.data))
    check_ids("song key_songs", songs.key_songs, count)
    check_ids("song key_order", songs.key_order, key_count)
    if songs.index is not None:
        _check_index(songs.index, count)


def _check_index(index: WordIndex, song_count: int) -> None:
    words = index.words
    _check_length("index word_song_offsets", len(index.word_song_offsets), len(words) + 1)
    _check_length("index song_word_offsets", len(index.song_word_offsets), song_count + 1)
    _check_length("index gram_word_offsets", len(index.gram_word_offsets), len(index.grams) + 1)
    check_offsets("index words", words.offsets, len(words.data))
    check_offsets("index word_song_offsets", index.word_song_offsets, len(index.word_songs))
    check_offsets("index song_word_offsets", index.song_word_offsets, len(index.song_words))
    check_offsets("index gram_word_offsets", index.gram_word_offsets, len(index.gram_words))
    check_ids("index word_songs", index.word_songs, song_count)
    check_ids("index song_words", index.song_words, len(words))
    check_ids("index gram_words", index.gram_words, len(words))
    if np.any(index.word_song_offsets[1:] == index.word_song_offsets[:-1]):
        raise ValueError("index word_song_offsets: a word without a song")


def check_offsets(name: str, starts: NDArray[np.int64], end: int) -> None:
    """Refuse offsets that do not ascend from 0 to ``end``.

    Raises:
        ValueError: they do not.
    """
    if len(starts) == 0 or starts[0] != 0 or starts[-1] != end or np.any(starts[1:] < starts[:-1]):
        raise ValueError(f"{name}: offsets do not ascend from 0 to {end}")


def check_ids(name: str, ids: NDArray[np.int32], count: int) -> None:
    """Refuse numbers of rows that are not there.

    Raises:
        ValueError: one is not within 0..count - 1.
    """
    if len(ids) and not 0 <= ids.min() <= ids.max() < count:
        raise ValueError(f"{name}: ids from {ids.min()} to {ids.max()}, expected 0..{count - 1}")


def _check_length(name: str, found: int, expected: int) -> None:
    if found != expected:
        raise ValueError(f"{name}: {found} entries, expected {expected}")


def _fold_version(found: NDArray[np.int32]) -> int:
    if found.tolist() not in [[version] for version in FOLDS]:
        raise ValueError(f"song key_fold: {found.tolist()}, this reader knows {min(FOLDS)} to {max(FOLDS)}")
    return int(found[0])
