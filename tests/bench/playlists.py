"""Playlists read by the trainer's own code, for what is measured inside this process."""

import tempfile
from pathlib import Path

from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.playlists import Playlists
from playlist_trainer.pipeline import read
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer


def read_playlists(url: str) -> Playlists:
    """Read a data set as a training does."""
    settings = Settings(dataset_url=url)
    with tempfile.TemporaryDirectory() as scratch:
        dataset = fetch(settings, Path(scratch))
        assert dataset is not None  # None stands for "unchanged", and nothing was known before
        return read(dataset, settings, StageTimer())
