"""What an engine hands over: all that a model holds, and what its evaluation needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playlist_model import HeldOut, Songs
from playlist_model.spill import spilled
from playlist_trainer.dataset.printable import counted
from playlist_trainer.dataset.source import Source
from playlist_trainer.evaluation.choice import Choice
from playlist_trainer.mining.rules import MinedRules
from playlist_trainer.mining.transactions import Transactions

# From so many songs on, their table waits on the disk while rules are mined: it is as large as all that mining needs.
_MANY_SONGS = 300_000


@dataclass(frozen=True)
class Learned:
    """What was learned.

    Attributes:
        described: what a manifest says of the dataset.
        songs: the catalogue.
        held_out: playlists that were not learned from.
        choice: how rules are scored; None where nothing was tried.
        mined: the rules.
        transactions: what was learned from; None where one machine does not hold it, and never without a choice then.
    """

    described: dict[str, Any]
    songs: Songs
    held_out: HeldOut
    choice: Choice | None
    mined: MinedRules
    transactions: Transactions | None


def song_table(columns: dict[str, Any], scratch: Path) -> Songs:
    """Make a song table, in files if it is large.

    Args:
        columns: as ``Songs.build`` takes them; used up.
        scratch: a folder that outlives the table.
    """
    songs = Songs.build(**columns)
    columns.clear()
    return spilled(songs, scratch) if len(songs) > _MANY_SONGS else songs


def described_dataset(
    source: Source, row_count: int, unusable: Mapping[str, int], playlist_count: int, song_count: int
) -> dict[str, Any]:
    """Return what a manifest says of a dataset."""
    return {
        "url": source.url,
        "etag": source.etag,
        "sha256": source.sha256,
        "bytes": source.byte_count,
        "rows": row_count,
        "unusable_rows": sum(unusable.values()),
        "unusable": dict(unusable),
        "playlists": playlist_count,
        "songs": song_count,
    }


def read_words(row_count: int, song_count: int, playlist_count: int, unusable: Mapping[str, int]) -> str:
    """Return one line about what was read."""
    left_out = ", ".join(f"{count} had {reason}" for reason, count in unusable.items() if count) or "none"
    read = f"{counted(row_count, 'row')} of {counted(song_count, 'song')} in {counted(playlist_count, 'playlist')}"
    return f"read {read}; rows left out: {left_out}"
