"""How far a download has come, on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from playlist_trainer.dataset.download import Progress


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a bar while the block runs, where standard error is a terminal; yields what moves it."""
    with tqdm(unit="B", unit_scale=True, desc="dataset", leave=False, disable=not sys.stderr.isatty()) as bar:

        def progress(received: int, total: int | None) -> None:
            bar.total = total
            bar.update(received - bar.n)

        yield progress
