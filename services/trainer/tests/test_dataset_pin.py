"""dataset.sha256: what is learned from is what Git names, or nothing is."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_model import FolderStore
from playlist_trainer.errors import DatasetError, SettingError
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

from .http_origin import BODY, OK, Answer, Origin

SHA256 = hashlib.sha256(BODY).hexdigest()
OTHER = "0" * 64


@pytest.fixture
def settings(tmp_path: Path, bare_environment: None) -> Settings:
    (tmp_path / "data.csv").write_bytes(BODY)
    return Settings(
        model_dir=tmp_path / "models",
        dataset_url=str(tmp_path / "data.csv"),
        min_support=1,
        evaluation=False,
        retries=0,
    )


def test_pinned_bytes_are_learned_from_in_either_case_of_digits(settings: Settings) -> None:
    for text in (SHA256, SHA256.upper()):
        pinned = Settings.read({"dataset_sha256": text}, {}).dataset_sha256

        reconcile(replace(settings, dataset_sha256=pinned, force=True))

    assert len(FolderStore(settings.model_dir).model_ids()) == 2


@pytest.mark.parametrize(
    "text", ["abc", SHA256[:-1], SHA256 + "0", SHA256[:-1] + "g", f"sha256:{SHA256}", SHA256 + "\n"]
)
def test_pin_that_is_no_sha256_is_a_wrong_setting(text: str) -> None:
    with pytest.raises(SettingError, match=r"--dataset-sha256 is .*, expected 64 hex digits, or nothing"):
        Settings.read({"dataset_sha256": text}, {})


def test_other_bytes_than_the_pinned_ones_keep_the_current_model(settings: Settings, origin: Origin) -> None:
    reconcile(replace(settings, dataset_url="builtin:sample"))
    store = FolderStore(settings.model_dir)
    before = store.pointer()
    said = f"found sha256 {SHA256}, expected {OTHER}: the dataset is not the one that Git names; update dataset.sha256"

    for url in (settings.dataset_url, origin.script("/data.csv", OK)):
        with pytest.raises(DatasetError, match=f"{url}: {said}") as raised:
            reconcile(replace(settings, dataset_url=url, dataset_sha256=OTHER))
        assert raised.value.exit_code == 64

    assert store.pointer() == before
    assert list(store.scratch_path.iterdir()) == []


def test_several_slices_are_pinned_by_the_digest_of_their_names_and_digests(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "slices"
    folder.mkdir()
    lines = ""
    for name in ("a.json", "b.json"):
        content = b'{"playlists": [{"pid": 1, "name": "p", "tracks": [{"track_name": "A"}, {"track_name": "B"}]}]}'
        (folder / name).write_bytes(content)
        lines += f"{hashlib.sha256(content).hexdigest()} {name}\n"
    pinned = hashlib.sha256(lines.encode()).hexdigest()

    reconcile(replace(settings, dataset_url=str(folder), dataset_sha256=pinned))

    assert FolderStore(settings.model_dir).load_current().manifest.dataset["sha256"] == pinned


def test_bytes_that_are_pinned_and_known_need_no_request(settings: Settings, origin: Origin) -> None:
    wanted = replace(settings, dataset_url=origin.script("/data.csv", OK), dataset_sha256=SHA256)
    reconcile(wanted)

    said = reconcile(wanted)

    assert "nothing to do" in said
    assert len(origin.requests) == 1


def test_pinned_bytes_are_asked_for_at_another_url_or_after_damage(settings: Settings, origin: Origin) -> None:
    wanted = replace(settings, dataset_url=origin.script("/data.csv", OK), dataset_sha256=SHA256)
    reconcile(wanted)

    reconcile(replace(wanted, dataset_url=origin.script("/moved.csv", OK)))
    store = FolderStore(settings.model_dir)
    (store.model_path(store.pointer().model_id) / "rule_consequents.npy").unlink()
    reconcile(replace(wanted, dataset_url=f"{origin.url}/moved.csv"))

    assert [request.target for request in origin.requests] == ["/data.csv", "/moved.csv", "/moved.csv"]
    assert store.load_current()


def test_server_that_says_not_modified_does_not_make_wrong_bytes_right(settings: Settings, origin: Origin) -> None:
    etag = {"ETag": '"1"'}
    url = origin.script("/data.csv", Answer(200, etag, BODY), Answer(304, etag))
    reconcile(replace(settings, dataset_url=url))

    with pytest.raises(DatasetError, match=f"found sha256 {SHA256}, expected {OTHER}"):
        reconcile(replace(settings, dataset_url=url, dataset_sha256=OTHER))
