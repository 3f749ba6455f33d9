"""Rows of text become the same numbers in whatever order and however many at a time they come."""

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from playlist_trainer.dataset import pairs, row_blocks
from playlist_trainer.dataset.dictionary import Dictionary
from playlist_trainer.dataset.playlists import Playlists, numbered
from playlist_trainer.dataset.text_column import text_column
from playlist_trainer.errors import DatasetError
from playlist_trainer.mining import transactions

Row = dict[str, str | None]
COLUMNS = ("playlist", "song", "title", "artist", "uri")
NAMES = ("Halo", "Hurt", "Für Elise", "夜に駆ける", "a\x1fb", "\U0001f3b5", "halo", "Z", "1979", "a", "b\x1f")


@dataclass(frozen=True)
class Twin:
    """What numbering should find, by plain Python."""

    playlists: list[list[int]]
    hashes: list[int]
    songs: list[tuple[object, ...]]
    support_counts: list[int]
    unusable: dict[str, int]


def twin(rows: Sequence[Row]) -> Twin:
    usable = [row for row in rows if row["playlist"] and row["song"]]
    sets: dict[str, set[str]] = {}
    for row in usable:
        sets.setdefault(str(row["playlist"]), set()).add(str(row["song"]))
    counts = Counter(song for songs in sets.values() for song in songs)
    names = sorted(counts, key=lambda song: (-counts[song], song.encode()))
    ids = {name: number for number, name in enumerate(names)}
    ordered = sorted(sets, key=str.encode)
    return Twin(
        playlists=[sorted(ids[song] for song in sets[playlist]) for playlist in ordered],
        hashes=[hash_of(playlist) for playlist in ordered],
        songs=[described([row for row in usable if row["song"] == name], name) for name in names],
        support_counts=[counts[name] for name in names],
        unusable={
            "no playlist": sum(not row["playlist"] for row in rows),
            "no song": sum(bool(row["playlist"]) and not row["song"] for row in rows),
        },
    )


def hash_of(playlist: str) -> int:
    return int.from_bytes(hashlib.blake2b(playlist.encode(), digest_size=8).digest(), "little")


def described(rows: Sequence[Row], name: str) -> tuple[object, ...]:
    artists = len({row["artist"] for row in rows if row.get("artist")})
    return (
        name,
        most_frequent(rows, "title") or name,
        most_frequent(rows, "artist"),
        artists,
        most_frequent(rows, "uri"),
    )


def most_frequent(rows: Sequence[Row], column: str) -> str | None:
    found = Counter(text for row in rows if (text := row.get(column)))
    return min(found, key=lambda text: (-found[text], text.encode()), default=None)


def found_in(playlists: Playlists) -> Twin:
    return Twin(
        playlists=[playlists.transactions[number].tolist() for number in range(len(playlists.transactions))],
        hashes=playlists.playlist_hashes.tolist(),
        songs=playlists.songs.select("song", "title", "artist", "artist_count", "uri").rows(),
        support_counts=playlists.support_counts.tolist(),
        unusable=dict(playlists.unusable),
    )


def in_batches(rows: Sequence[Row], columns: Sequence[str], size: int) -> list[pl.DataFrame]:
    schema = dict.fromkeys(columns, pl.String)
    return [pl.DataFrame(rows[begin : begin + size], schema) for begin in range(0, len(rows), size)]


def drawn_rows(draw: random.Random, columns: Sequence[str]) -> list[Row]:
    """Draw rows as files have them: some in runs of one playlist, names often equal to titles, some texts missing."""
    rows: list[Row] = []
    for _ in range(draw.randint(1, 120)):
        repeated = rows and draw.random() < 0.6
        song = draw.choice(NAMES)
        whole = {
            "playlist": rows[-1]["playlist"] if repeated else f"{draw.randint(0, 30)}",
            "song": song,
            "title": draw.choice((song, song, song, None, "Hurt", "a")),
            "artist": draw.choice((None, "b", "a", "Halo", "Beyoncé")),
            "uri": draw.choice((None, "u1", "u2", "u3")),
        }
        rows.append({column: whole[column] for column in columns})
    for row in rows[20:]:
        row[draw.choice(("playlist", "song"))] = None if draw.random() < 0.03 else "9"
    return rows


@pytest.mark.parametrize("columns", [COLUMNS, COLUMNS[:2], ("playlist", "song", "artist")])
@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_batch_size_gives_what_plain_python_gives(seed: int, columns: Sequence[str]) -> None:
    draw = random.Random(seed)
    rows = drawn_rows(draw, columns)
    wanted = twin(rows)

    for size in (1, 7, len(rows)):
        assert found_in(numbered(in_batches(rows, columns, size))) == wanted
        draw.shuffle(rows)


@pytest.mark.parametrize("seed", range(6))
def test_sample_is_that_of_the_smallest_seeded_hashes_whatever_the_order(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playlist_trainer.dataset.listings._COMPACTED_FROM", 5)
    draw = random.Random(seed)
    rows = [row for row in drawn_rows(draw, COLUMNS) if row["playlist"] and row["song"]]
    ids = sorted({str(row["playlist"]) for row in rows}, key=lambda playlist: hash_of(f"{seed}\x1f{playlist}"))
    wanted = twin([row for row in rows if row["playlist"] in ids[:4]])

    for size in (1, 7, len(rows)):
        assert found_in(numbered(in_batches(rows, COLUMNS, size), max_playlists=4, seed=seed)) == wanted
        draw.shuffle(rows)


def test_work_cut_into_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row for seed in range(3) for row in drawn_rows(random.Random(seed), COLUMNS)]
    whole = numbered(in_batches(rows, COLUMNS, 50))
    for module, name, size in (
        (row_blocks, "_BLOCK", 8), (row_blocks, "_AT_ONCE", 4), (pairs, "_AT_ONCE", 3),
        (transactions, "_ITEMS_AT_ONCE", 5),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, size)

    parts = numbered(in_batches(rows, COLUMNS, 50))

    assert found_in(parts) == found_in(whole)
    kept = np.array([3, 0, 2])
    assert [parts.transactions.subset(kept)[n].tolist() for n in range(3)] == [
        whole.transactions[n].tolist() for n in kept
    ]


def test_item_and_offset_types_are_what_mining_expects() -> None:
    found = numbered(in_batches([{"playlist": "1", "song": "Hurt"}], COLUMNS[:2], 1)).transactions

    assert (found.items.dtype, found.offsets.dtype) == (np.int32, np.int64)


@pytest.mark.parametrize("halves", [(1, 1), (1, 97), (5, 3), (1 << 40, 1 << 40)])
def test_dictionary_tells_keys_apart_that_share_a_half_or_a_slot(halves: tuple[int, int]) -> None:
    """Keys of few different values in one half, as no hash has them, so that each probe and each retry is needed."""
    random_keys = np.random.default_rng(0).integers(0, halves, size=(5000, 2), dtype=np.uint64).T
    if halves[0] == 1 << 40:
        random_keys[:] = random_keys[:, np.random.default_rng(1).integers(0, 2500, 5000)] << np.uint64(20)
    dictionary = Dictionary()
    twins: dict[tuple[int, int], int] = {}

    for begin in range(0, 5000, 700):
        keys = np.ascontiguousarray(random_keys[:, begin : begin + 700])
        numbers, new = dictionary.numbers(keys)
        met = [tuple(key) for key in keys.T.tolist()]
        assert sorted({met[place] for place in new.tolist()}) == sorted(set(met) - set(twins))
        twins |= {met[place]: len(twins) + n for n, place in enumerate(new.tolist())}
        assert numbers.tolist() == [twins[key] for key in met]
    assert len(dictionary) == len(twins)


def test_text_column_holds_every_text_and_nothing_for_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playlist_trainer.dataset.text_column._AT_ONCE", 3)
    texts = [*NAMES, None, "", "last"]

    column = text_column(pl.Series(texts, dtype=pl.String))

    assert list(column) == [text or "" for text in texts]
    assert len(text_column(pl.Series([], dtype=pl.String))) == 0


def test_unusable_rows_are_counted_by_reason() -> None:
    rows: list[Row] = [{"playlist": str(n), "song": "Hurt"} for n in range(40)]
    rows += [{"playlist": None, "song": "Hurt"}, {"playlist": "1", "song": None}, {"playlist": None, "song": None}]

    found = numbered(in_batches(rows, COLUMNS[:2], 9))

    assert found.unusable == {"no playlist": 2, "no song": 1}
    assert (found.row_count, found.unusable_row_count) == (43, 3)


@pytest.mark.parametrize("batches", [[], [pl.DataFrame(schema={"playlist": pl.String, "song": pl.String})]])
def test_no_rows_at_all_are_called_that(batches: list[pl.DataFrame]) -> None:
    with pytest.raises(DatasetError, match="no rows"):
        numbered(batches)
