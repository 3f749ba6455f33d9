"""Writes the golden models: python make_golden.py FOLDER.

Each folder was written by this once and stays as it is: volumes out there hold models like it. format-1/ is from before
there was an index to search by; format-1-index/ has one, track URIs and a held-out playlist. A new format version gets
a folder beside them.

Seven playlists: Air, Boléro | Air, Boléro | Air, Boléro, Für Elise | Air | Für Elise | fur elise | Ωδή. Three models
of them: one by title, which is the current one, one by track URI, without rules, and one by title whose rules, between
single songs, carry scores.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from playlist_model import FolderStore, HeldOut, Rules, RuleTable, Songs, Training, writing

COUNTS = [4, 3, 2, 1, 1]
TITLES = ["Air", "Boléro", "Für Elise", "fur elise", "Ωδή"]
URIS = ["track:a", "track:b", "track:c", "track:d", "track:e"]
ARTISTS = ["Johann Sebastian Bach", "Maurice Ravel", "Ludwig van Beethoven", "", "Μίκης Θεοδωράκης"]


def main(folder: Path) -> None:
    """Publish the models, and leave what a reader needs of them."""
    with tempfile.TemporaryDirectory() as scratch:
        store = FolderStore(Path(scratch))
        with writing(store) as writer:
            by_uri = Songs.build(URIS, COUNTS, artists=ARTISTS, artist_counts=[1, 1, 1, 0, 1], titles=TITLES)
            writer.publish(by_uri, Rules.build(len(URIS), []), _training("track_uri", day=1))
            scored = Songs.build(TITLES, COUNTS)
            held_out = HeldOut(np.array([7], np.uint64), np.array([0, 2]), _i4([2, 0]))
            writer.publish(scored, _scored_rules(), _training("title", day=3, scores="n / n_b"), held_out)
            by_title = Songs.build(
                TITLES, COUNTS, artists=ARTISTS, artist_counts=[2, 1, 1, 0, 1], uris=[*URIS[:-1], ""]
            )
            writer.publish(by_title, _rules(), _training("title", day=2))
        folder.mkdir(parents=True)
        shutil.copy(store.pointer_path, folder)
        shutil.copytree(store.root / "models", folder / "models")


def _rules() -> Rules:
    return Rules.build(
        len(TITLES),
        [
            RuleTable(
                antecedents=_i4([[0], [0], [1], [1], [2], [2]]),
                antecedent_support_counts=_i4([4, 4, 3, 3, 2, 2]),
                consequents=_i4([1, 2, 0, 2, 0, 1]),
                support_counts=_i4([3, 1, 3, 1, 1, 1]),
            ),
            RuleTable(
                antecedents=_i4([[0, 1], [0, 2], [1, 2]]),
                antecedent_support_counts=_i4([3, 1, 1]),
                consequents=_i4([2, 1, 0]),
                support_counts=_i4([1, 1, 1]),
            ),
        ],
    )


def _scored_rules() -> Rules:
    return Rules.of_pairs(
        song_support_counts=_i4(COUNTS),
        offsets=np.array([0, 2, 4, 6, 6, 6], dtype=np.int64),
        # By descending n / n_b: after Für Elise, Boléro has 1 / 3 and Air 1 / 4, each with one playlist.
        consequents=_i4([1, 2, 0, 2, 1, 0]),
        support_counts=_i4([3, 1, 3, 1, 1, 1]),
        scores=np.array([3 / 3, 1 / 2, 3 / 4, 1 / 2, 1 / 3, 1 / 4], dtype=np.float32),
    )


def _training(item: str, day: int, **parameters: str) -> Training:
    return Training(
        model_date=datetime(2026, 1, day, 12, tzinfo=UTC),
        fingerprint=f"{day:064x}",
        dataset={"url": "https://example.org/golden.csv", "etag": None, "rows": 11, "playlists": 7, "songs": 5},
        parameters={"item": item, "min_support": 1, "max_length": 3} | parameters,
        engine="by hand",
        trainer_version="0.1.0",
        seconds={"mine": 0.5},
        evaluation={"recall_at_10": 0.25},
    )


def _i4(numbers: list[int] | list[list[int]]) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
