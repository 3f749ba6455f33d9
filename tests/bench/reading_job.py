"""Reads and numbers a data set with the trainer of the environment that runs this, the present or the first version.

reading_job.py FILE; prints, as JSON, the seconds of both stages, the processor seconds and the counts.
"""

# ruff: noqa: PLC0415 - the modules' names tell the versions apart

import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def modules() -> tuple[Callable[..., Any], Callable[..., Any], Callable[[], Any]]:
    """Return what fetches, what reads and numbers, and what times the stages."""
    if find_spec("playlist_trainer.pipeline"):
        from playlist_trainer.dataset.address import fetch
        from playlist_trainer.pipeline import read
        from playlist_trainer.timings import StageTimer

        return fetch, read, StageTimer
    from playlist_trainer.learn import read as first_read
    from playlist_trainer.stages import Stages

    from playlist_trainer.dataset import fetch as first_fetch

    return first_fetch, first_read, Stages


def main(url: str) -> None:
    """Measure once."""
    from playlist_trainer.settings import Settings

    fetch, read, make_timer = modules()
    settings, timer = Settings(dataset_url=url), make_timer()
    with tempfile.TemporaryDirectory() as scratch:
        dataset = fetch(settings, Path(scratch))
        processor_started = time.process_time()
        playlists = read(dataset, settings, timer)
        processor_s = time.process_time() - processor_started
    counts = {
        "rows": playlists.row_count,
        "playlists": len(playlists.transactions),
        "songs": len(playlists.songs),
    }
    print(json.dumps({"seconds": timer.seconds, "processor_s": processor_s, "counts": counts}))


if __name__ == "__main__":
    main(sys.argv[1])
