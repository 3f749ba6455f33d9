"""Publishing a large model takes no more memory than the model itself."""

import tracemalloc
from collections.abc import Callable

import numpy as np

from playlist_model import FolderStore, Rules, Songs, Training, writing

RULES = 1_000_000


def test_publishing_copies_no_column(store: FolderStore, training: Callable[[int], Training]) -> None:
    column = np.zeros(RULES, np.int32)
    rules = Rules.of_pairs(
        np.ones(2, np.int32), np.array([0, RULES, RULES]), column, column, np.ones(RULES, np.float32)
    )
    songs = Songs.build(["Air", "Bolero"], [2, 1])

    with writing(store) as writer:
        tracemalloc.start()
        try:
            manifest = writer.publish(songs, rules, training(1))
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert manifest.rule_count == RULES
    # One column is 4 MB; what is written and hashed goes through buffers of one.
    assert peak_bytes < column.nbytes
