"""Models that a killed trainer was publishing: each of their parts tells which one it belongs to."""

import os
from datetime import UTC, datetime, timedelta

import numpy as np

from playlist_model import Model, ModelWriter, Rules, RuleTable, Songs, Training


def publish(trainer: ModelWriter, number: int) -> str:
    """Publish the model whose every count is ``number``."""
    one = np.array([number], np.int32)
    table = RuleTable(np.array([[0]], np.int32), one, np.array([1], np.int32), one)
    songs = Songs.build([f"First {number}", f"Second {number}"], [number, number], artists=[f"Artist {number}"] * 2)
    training = Training(
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number), f"{number:064x}", {"playlists": number}, {}, "", ""
    )
    return trainer.publish(songs, Rules.build(2, [table]), training).model_id


def number_of(model: Model) -> int:
    """Tell which model this is, having seen that every part of it belongs to that one."""
    number = int(model.manifest.dataset["playlists"])
    assert model.manifest.fingerprint == f"{number:064x}"
    assert list(model.songs.names) == [f"First {number}", f"Second {number}"]
    assert list(model.songs.artists) == [f"Artist {number}"] * 2
    assert model.songs.support_counts.tolist() == [number, number]
    assert model.rules.support_counts.tolist() == model.rules.antecedent_support_counts.tolist() == [number]
    return number


def model_id_of(trainer: ModelWriter, number: int) -> str:
    """Return the id of one of the models 1 and 2."""
    return trainer.store.manifests()[-number].model_id


def do_not_wait_for_the_disk() -> None:
    """Leave what a killed process wrote in the kernel's hands: waiting for the disk would only cost time."""
    os.fsync = lambda descriptor: None  # type: ignore[assignment,misc]
