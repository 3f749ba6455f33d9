"""A trainer that never has to learn: publishes a new made-up model each time it is told to.

python -m tests.bench.publisher MODEL_DIR SONGS; each line on standard input is one model to publish, answered by a line
of JSON: model_date, and when publishing began and ended (seconds of the monotonic clock, which all processes share).
"""

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from playlist_model import FolderStore, Rules, RuleTable, Songs, Training, writing

RULES_PER_SONG = 40
_COUNT = 1000


def names_of(songs: int) -> list[str]:
    """Return the songs' names, ascending."""
    return [f"Made-up Song {number:07d}" for number in range(songs)]


def rules_for(songs: int) -> Rules:
    """Return ``RULES_PER_SONG`` rules for each song, to distinct other ones."""
    random = np.random.default_rng(0)
    # Steps that do not add up to a whole round lead to distinct songs.
    steps = random.integers(1, songs // (RULES_PER_SONG + 1), size=(songs, RULES_PER_SONG))
    consequents = (np.arange(songs)[:, np.newaxis] + np.cumsum(steps, axis=1)) % songs
    total = songs * RULES_PER_SONG
    table = RuleTable(
        antecedents=np.repeat(np.arange(songs, dtype=np.int32), RULES_PER_SONG)[:, np.newaxis],
        antecedent_support_counts=np.full(total, _COUNT, dtype=np.int32),
        consequents=consequents.ravel().astype(np.int32),
        support_counts=random.integers(1, _COUNT // 2, size=total).astype(np.int32),
    )
    rules = Rules.build(songs, [table])
    # Scored, as a training's rules are: that is memory, too.
    return replace(rules, scores=rules.support_counts / np.float32(_COUNT))


def main(model_dir: Path, song_count: int) -> None:
    """Publish a model for each line."""
    songs = Songs.build(names_of(song_count), np.full(song_count, _COUNT))
    rules = rules_for(song_count)
    for number, _ in enumerate(sys.stdin):
        began = time.monotonic()
        model_date = datetime.now(UTC)
        training = Training(
            model_date=model_date,
            fingerprint=f"{number:064x}",
            dataset={"url": "bench:made-up", "playlists": song_count},
            parameters={},
            engine="none",
            trainer_version="bench",
        )
        changed = replace(rules, support_counts=rules.support_counts + np.int32(number))
        with writing(FolderStore(model_dir), wait_s=10.0) as writer:
            manifest = writer.publish(songs, changed, training)
        told = {"model_date": manifest.model_date, "rules": len(rules), "began": began, "ended": time.monotonic()}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
