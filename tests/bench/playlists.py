"""Playlists read by the trainer's own code, for what is measured inside this process."""

import tempfile
from pathlib import Path

import numpy as np

from playlist_model.ragged import offsets_of
from playlist_trainer.dataset.address import fetch
from playlist_trainer.dataset.playlists import Playlists
from playlist_trainer.mining.transactions import Transactions
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


def together(first: Playlists, second: Playlists) -> Transactions:
    """Return the playlists of two data sets, the second's after the first's; songs of one name are one song."""
    ids = {name: number for number, name in enumerate(first.songs["song"].to_list())}
    names = second.songs["song"].to_list()
    new_number = np.array([ids.setdefault(name, len(ids)) for name in names], dtype=np.int32)
    renumbered = second.transactions.renumbered(new_number, len(ids))
    lengths = np.concatenate([np.diff(first.transactions.offsets), np.diff(renumbered.offsets)])
    items = np.concatenate([first.transactions.items, renumbered.items])
    return Transactions(offsets_of(lengths), items, len(ids))
