"""One training after another on a real folder: what is made, what is left alone, what survives."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, ModelError, ModelNotFoundError, StoreLockedError, rank, writing
from playlist_trainer.errors import DatasetError, LimitError, NoRulesError, TransientError
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

FOUR_PLAYLISTS = """pid,track_name,artist_name
1,Yesterday,The Beatles
1,Imagine,John Lennon
2,Yesterday,The Beatles
2,Imagine,John Lennon
2,Hurt,Nine Inch Nails
3,Hurt,Johnny Cash
3,Hurt,Johnny Cash
3,Yesterday,The Beatles
4,Imagine,John Lennon
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    dataset = tmp_path / "playlists.csv"
    dataset.write_text(FOUR_PLAYLISTS)
    return Settings(
        dataset_url=str(dataset), model_dir=tmp_path / "models", min_support=1, evaluation=False, lock_timeout_s=0.1
    )


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    return FolderStore(settings.model_dir)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder, with the time of each change."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_model_holds_the_songs_and_rules_of_the_playlists(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)

    model = store.load_current()
    assert list(model.songs.names) == ["Imagine", "Yesterday", "Hurt"]
    assert model.songs.support_counts.tolist() == [3, 3, 2]
    hurt = model.songs.match("hurt").song_ids[0]
    assert (model.songs.artists[hurt], model.songs.artist_counts[hurt]) == ("Johnny Cash", 2)
    ranking = rank(model.rules, np.array([hurt], np.int32), np.array([hurt], np.int32), limit=10)
    # Hurt is in two playlists: both hold Yesterday, one holds Imagine.
    assert [model.songs.names[i] for i in ranking.song_ids] == ["Yesterday", "Imagine"]
    assert ranking.values[0] > ranking.values[1] > 0
    counts = dict(zip(model.rules.consequents.tolist(), model.rules.support_counts.tolist(), strict=True))
    assert set(counts.values()) == {1, 2}


def test_manifest_says_what_was_read_and_how(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)

    manifest = store.load_current().manifest
    assert manifest.dataset["rows"] == 9
    assert manifest.dataset["playlists"] == 4
    assert manifest.dataset["songs"] == 3
    assert manifest.parameters["min_support"] == 1
    assert manifest.rule_count == 6
    assert set(manifest.seconds) == {"fetch", "read", "encode", "mine", "catalogue"}


def test_second_training_of_the_same_touches_nothing(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    before = contents(store.root)

    said = reconcile(settings)

    assert "nothing to do" in said
    assert contents(store.root) == before


def test_settings_that_do_not_shape_the_model_do_not_retrain(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    before = contents(store.root)

    said = reconcile(
        replace(
            settings,
            max_itemsets=77,
            keep_models=9,
            gate_max_recall_drop=0.5,
            gate_on_reject="keep",
            log_level="debug",
            memory_limit=2**33,
        )
    )

    assert "nothing to do" in said
    assert contents(store.root) == before


@pytest.mark.parametrize(
    "change",
    [
        {"min_support": 2.0},
        {"min_confidence": 0.5},
        {"max_length": 3},
        {"engine": "efficient-apriori"},
        {"item_column": "artist_name"},
        {"max_playlists": 3},
        {"evaluation": True},
        {"rules_per_song": 1},
        {"max_rules": 5},
        {"gate": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_setting_that_shapes_the_model_retrains(
    settings: Settings, store: FolderStore, change: dict[str, object]
) -> None:
    reconcile(settings)
    first = store.pointer().model_id

    reconcile(replace(settings, **change))  # type: ignore[arg-type]

    assert store.pointer().model_id != first


def test_changed_dataset_behind_the_same_address_retrains(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    Path(settings.dataset_url).write_text(FOUR_PLAYLISTS + "5,Hurt,Johnny Cash\n")

    reconcile(settings)

    assert store.load_current().manifest.dataset["playlists"] == 5


def test_force_trains_what_is_there_already(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    reconcile(replace(settings, force=True))

    assert len(store.model_ids()) == 2
    assert len({manifest.fingerprint for manifest in store.manifests()}) == 1


def test_reverted_setting_moves_the_pointer_to_the_kept_model(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    reconcile(replace(settings, min_support=2))

    said = reconcile(settings)

    assert "kept model" in said
    assert store.pointer().model_id == first
    assert len(store.model_ids()) == 2


def test_damaged_current_model_is_made_anew(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    (damaged,) = store.model_ids()
    consequents = store.model_path(damaged) / "rule_consequents.npy"
    consequents.write_bytes(consequents.read_bytes()[:-1] + b"\x01")

    reconcile(settings)

    assert store.load_current().manifest.model_id != damaged


def test_damaged_pointer_is_set_on_the_kept_model_without_training(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    (model_id,) = store.model_ids()
    store.pointer_path.write_bytes(b"{")

    reconcile(settings)

    assert store.load_current().manifest.model_id == model_id
    assert store.model_ids() == [model_id]


def test_rollback_lasts_until_an_input_changes(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    other = replace(settings, min_support=2)
    reconcile(other)
    with writing(store) as writer:
        writer.rollback(first)

    said = reconcile(other)
    assert "roll-back" in said
    assert store.pointer().model_id == first

    reconcile(replace(settings, min_confidence=0.9))
    assert store.pointer().model_id != first


def test_rejected_model_can_be_wanted_again_after_another_input_was_wanted(
    settings: Settings, store: FolderStore
) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    other = replace(settings, min_support=2)
    reconcile(other)
    second = store.pointer().model_id
    with writing(store) as writer:
        writer.rollback(first)

    reconcile(settings)
    reconcile(other)

    assert store.pointer().model_id == second


def test_force_overrides_a_rollback(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    other = replace(settings, min_support=2)
    reconcile(other)
    with writing(store) as writer:
        writer.rollback(first)

    reconcile(replace(other, force=True))

    assert store.load_current().manifest.parameters["min_support"] == 2
    assert store.pointer().rejected_fingerprint is None


def test_rollback_to_points_at_a_kept_model_and_trains_nothing(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    reconcile(replace(settings, min_support=2))
    pinned = replace(settings, rollback_to=first, dataset_url="/nowhere")

    reconcile(pinned)
    assert store.pointer().model_id == first

    before = contents(store.root)
    assert "nothing to do" in reconcile(pinned)
    assert contents(store.root) == before


def test_emptied_rollback_to_goes_back_to_what_the_settings_ask_for(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    first = store.pointer().model_id
    latest = replace(settings, min_support=2)
    reconcile(latest)
    second = store.pointer().model_id
    reconcile(replace(latest, rollback_to=first))

    reconcile(latest)

    assert store.pointer().model_id == second


def test_rollback_to_an_unknown_model_names_the_kept_ones(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    (kept,) = store.model_ids()

    with pytest.raises(ModelNotFoundError, match=kept):
        reconcile(replace(settings, rollback_to="20200101T000000Z-00000000"))
    assert store.pointer().model_id == kept


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"a,b\n1,2\n", "no column 'pid', found a, b: name the right one with dataset.playlistColumn / "),
        (b"pid,track_name\n", "no rows"),
        (b"pid,track_name\n,Hurt\n1,Hurt\n", "1 of 2 rows"),
        (b"pid,track_name\n1,\xff\xfe\xfa\n", "not UTF-8"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"PAR1 and then nothing of the kind", "begins like Parquet"),
        (b'{"playlists": 7}', "no column 'pid', found playlists"),
        (b'{"playlists": [', "line 1: not JSON"),
        (b"\x00\x01\x02\x03", "binary data"),
    ],
)
def test_dataset_that_is_none_is_refused_and_the_old_model_stays(
    settings: Settings, store: FolderStore, content: bytes, expected: str
) -> None:
    reconcile(settings)
    before = store.pointer()
    Path(settings.dataset_url).write_bytes(content)

    with pytest.raises(DatasetError, match=expected):
        reconcile(settings)

    assert store.pointer() == before
    assert store.load_current()


def test_missing_file_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere\.csv: no such file"):
        reconcile(replace(settings, dataset_url=str(tmp_path / "nowhere.csv")))


def test_unknown_scheme_and_builtin_are_refused(settings: Settings) -> None:
    for url in ("ftp://host/file.csv", "builtin:other", "ftp://host/x.csv"):
        with pytest.raises(DatasetError, match="dataset"):
            reconcile(replace(settings, dataset_url=url))


def test_no_rule_at_all_is_an_error_that_says_what_to_change(settings: Settings) -> None:
    with pytest.raises(NoRulesError, match="lower the first two"):
        reconcile(replace(settings, min_support=4))


def test_too_many_itemsets_stop_the_training(settings: Settings, store: FolderStore) -> None:
    with pytest.raises(LimitError, match="raise min_support"):
        reconcile(replace(settings, max_length=3, max_itemsets=2))
    assert store.model_ids() == []


def test_second_trainer_leaves_when_the_lock_is_not_free_in_time(settings: Settings, store: FolderStore) -> None:
    with writing(store), pytest.raises(StoreLockedError):
        reconcile(settings)


def test_what_a_killed_run_left_is_cleared(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)
    (store.scratch_path / "20200101T000000Z-half").mkdir()
    (store.scratch_path / "dataset").write_bytes(b"half a download")

    reconcile(settings)

    assert list(store.scratch_path.iterdir()) == []


def test_full_volume_is_reported_as_passing_and_the_old_model_stays(
    settings: Settings, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconcile(settings)
    before = store.pointer()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    # A full disk can't be had in a unit test without root; the cluster's tests fill a real volume.
    monkeypatch.setattr("playlist_model.arrays.save_array", full)
    with pytest.raises(TransientError, match="No space left on device"):
        reconcile(replace(settings, min_support=2))

    assert store.pointer() == before


def test_source_note_has_neither_user_nor_query(settings: Settings, store: FolderStore) -> None:
    reconcile(settings)

    note = json.loads(store.source_path.read_bytes())
    assert note["url"] == settings.dataset_url
    assert set(note) == {"url", "sha256", "byte_count", "url_key", "etag", "last_modified", "checked_at"}


def test_old_models_beyond_keep_go_after_an_hour(settings: Settings, store: FolderStore) -> None:
    for confidence in (0.1, 0.2, 0.3):
        reconcile(replace(settings, min_confidence=confidence, keep_models=1))
    assert len(store.model_ids()) == 3

    old = time.time() - 4000
    for model_id in store.model_ids():
        os.utime(store.model_path(model_id), (old, old))
    reconcile(replace(settings, min_confidence=0.5, keep_models=1))

    # The one that has just been replaced was current a moment ago, so it stays for now.
    assert len(store.model_ids()) == 2


def test_old_models_make_room_for_a_training_that_has_not_begun(settings: Settings, store: FolderStore) -> None:
    for confidence in (0.1, 0.2, 0.3):
        reconcile(replace(settings, min_confidence=confidence))
    current = store.pointer().model_id
    for model_id in set(store.model_ids()) - {current}:
        os.utime(store.model_path(model_id), (time.time() - 4000,) * 2)

    with pytest.raises(DatasetError):
        reconcile(replace(settings, dataset_url=f"{settings.dataset_url}.missing", keep_models=1))

    assert store.model_ids() == [current]


def test_unreadable_folder_is_an_error_not_a_traceback(settings: Settings, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises((OSError, ModelError)):
        reconcile(replace(settings, model_dir=blocked / "models"))
