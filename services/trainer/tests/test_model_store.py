"""Training into an object store, and the commands on models that are kept in one."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from libs.model.tests import s3_server

from playlist_model import FolderStore
from playlist_trainer.__main__ import main

DATASET = "pid,track_name\n1,Etude\n1,Waltz\n2,Etude\n2,Waltz\n2,Prelude\n"
SECRETS = (s3_server.ACCESS_KEY, s3_server.SECRET_KEY, s3_server.TOKEN)
URL = f"s3://{s3_server.BUCKET}/prod"
Run = Callable[..., int]


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serving() as bucket:
        yield bucket


serving = s3_server.serving


@pytest.fixture
def bucket(server: Any, bare_environment: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith(("AWS_", "PLAYLIST_"))]:
        monkeypatch.delenv(name)
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    for name, secret in zip(names, SECRETS, strict=True):
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv("PLAYLIST_MODEL_STORE_ENDPOINT", server.url)
    monkeypatch.setenv("PLAYLIST_MODEL_STORE_ALLOW_HTTP", "true")
    monkeypatch.setattr("playlist_model.store.bucket._PAUSES_S", (0.0, 0.0))
    server.objects.clear()
    server.ignored.clear()
    server.fault = lambda _method, _key: None
    return server


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "playlists.csv"
    path.write_text(DATASET)
    return path


@pytest.fixture
def train(bucket: Any, dataset: Path, tmp_path: Path) -> Run:
    def train(*flags: str) -> int:
        local = ["--model-store", URL, "--model-dir", str(tmp_path / "local")]
        return main(["train", "--dataset", str(dataset), "--min-support", "1", "--evaluation", "false", *local, *flags])

    return train


@pytest.fixture
def models(bucket: Any, tmp_path: Path) -> Run:
    return lambda *words: main(["models", *words, "--model-store", URL, "--model-dir", str(tmp_path / "local")])


@pytest.fixture
def told(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Return all that was printed and logged, having seen that it holds no credential."""

    def told() -> str:
        captured = capfd.readouterr()
        for secret in SECRETS:
            assert secret not in captured.out + captured.err
        return captured.out + captured.err

    return told


def current(bucket: Any) -> str:
    return str(json.loads(bucket.objects["prod/current.json"])["model_id"])


def test_a_training_publishes_to_the_bucket_and_the_next_one_has_nothing_to_do(
    train: Run, bucket: Any, told: Callable[[], str], tmp_path: Path
) -> None:
    codes = [train()]
    published = dict(bucket.objects)
    codes.append(train())

    said = told()
    assert codes == [0, 0]
    assert "published model" in said
    assert "is up to date; nothing to do" in said
    notes = [json.loads(objects.pop("prod/status.json")) for objects in (published, dict(bucket.objects))]
    assert [note["outcome"] for note in notes] == ["published", "published"]
    assert [note["look"]["outcome"] for note in notes] == ["published", "unchanged"]
    assert {**bucket.objects, "prod/status.json": b""} == {**published, "prod/status.json": b""}
    assert list((tmp_path / "local/tmp").iterdir()) == []


def test_another_dataset_is_compared_with_the_model_in_the_bucket(train: Run, dataset: Path, bucket: Any) -> None:
    train()
    first = current(bucket)
    dataset.write_text(DATASET + "3,Etude\n3,Fugue\n")

    assert train() == 0
    manifest = json.loads(bucket.objects[f"prod/models/{current(bucket)}/manifest.json"])
    assert manifest["gate"]["compared_with"] == first


def test_a_model_of_which_an_object_is_gone_is_made_again(train: Run, bucket: Any) -> None:
    train()
    first = current(bucket)
    del bucket.objects[f"prod/models/{first}/rule_consequents.npy"]

    assert train() == 0
    assert current(bucket) != first
    assert not bucket.below(f"prod/models/{first}")


@pytest.mark.parametrize("condition", ["PUT if-none-match", "PUT if-match", "GET if-none-match"])
def test_a_store_without_conditional_writes_is_refused_for_good(
    train: Run, bucket: Any, told: Callable[[], str], condition: str
) -> None:
    bucket.ignored.add(condition)

    assert train() == 64
    assert "the store ignores If-" in told()
    assert not bucket.objects


def _another_trainer_moves_the_pointer(bucket: Any, times: int) -> None:
    """Change the pointer just before it is replaced, as another trainer's publication would."""
    left = [times]

    def fault(method: str, key: str) -> None:
        if method == "PUT" and key == "prod/current.json" and left[0]:
            left[0] -= 1
            pointer = json.loads(bucket.objects[key])
            bucket.objects[key] = json.dumps(pointer | {"revision": f"another-{left[0]}"}).encode()

    bucket.fault = fault


def test_who_loses_looks_again_and_takes_what_it_has_made(
    train: Run, dataset: Path, bucket: Any, told: Callable[[], str]
) -> None:
    train()
    dataset.write_text(DATASET + "3,Etude\n3,Fugue\n")
    _another_trainer_moves_the_pointer(bucket, times=1)

    assert train("--gate", "false") == 0

    said = told()
    assert "lost to another trainer" in said
    assert f"made the kept model {current(bucket)} the current one" in said
    assert len({key.split("/")[0] for key in bucket.below("prod/models")}) == 2


def test_who_loses_again_and_again_fails_in_a_way_that_may_pass(
    train: Run, dataset: Path, bucket: Any, told: Callable[[], str]
) -> None:
    train()
    first = current(bucket)
    dataset.write_text(DATASET + "3,Etude\n3,Fugue\n")
    _another_trainer_moves_the_pointer(bucket, times=99)

    assert train("--gate", "false") == 1
    assert "another trainer changed current.json" in told()
    assert current(bucket) == first


@pytest.mark.parametrize(("fault", "code"), [(503, 1), ("drop", 1), (403, 64), (401, 64)])
def test_a_store_that_can_not_be_asked_leaves_all_as_it_was(
    train: Run, bucket: Any, told: Callable[[], str], fault: Any, code: int
) -> None:
    train()
    before = dict(bucket.objects)
    bucket.fault = lambda _method, _key: fault

    assert train("--force") == code

    assert URL in told()
    assert bucket.objects == before


@pytest.mark.parametrize(("fault", "code"), [(503, 1), (403, 64)])
def test_a_command_about_the_current_model_fails_as_a_training_does(
    train: Run, bucket: Any, tmp_path: Path, told: Callable[[], str], fault: int, code: int
) -> None:
    train()
    bucket.fault = lambda _method, _key: fault

    assert main(["evaluate", "--model-store", URL, "--model-dir", str(tmp_path / "local")]) == code
    assert URL in told()


@pytest.mark.parametrize("url", [f"s3://{SECRETS[0]}:{SECRETS[1]}@models/prod", f"s3://models/prod?token={SECRETS[2]}"])
def test_keys_in_the_address_are_refused_and_not_repeated(bucket: Any, told: Callable[[], str], url: str) -> None:
    assert main(["train", "--model-store", url]) == 64
    assert main(["models", "copy", "models", url]) == 64
    assert "expected s3://bucket/prefix" in told()


def test_kept_models_are_listed_compared_and_rolled_back_to(
    train: Run, models: Run, dataset: Path, bucket: Any, told: Callable[[], str]
) -> None:
    train()
    first = current(bucket)
    dataset.write_text(DATASET + "3,Etude\n3,Fugue\n")
    train("--gate", "false")
    second = current(bucket)
    told()

    assert models("list", "--json") == 0
    assert [(each["model_id"], each["current"]) for each in json.loads(told())] == [(second, True), (first, False)]
    assert models("diff", first, second) == 0
    assert models("export", "-") == 0
    assert "Fugue" in told()
    assert models("rollback", first) == 0
    assert current(bucket) == first
    assert train("--gate", "false") == 0
    assert "a roll-back to" in told()
    assert models("promote", second) == 0
    assert current(bucket) == second


def test_models_are_copied_from_a_folder_to_a_bucket_and_back(
    bucket: Any, dataset: Path, tmp_path: Path, told: Callable[[], str]
) -> None:
    volume, back = tmp_path / "volume", tmp_path / "back"
    train = ["train", "--dataset", str(dataset), "--min-support", "1", "--evaluation", "false", "--gate", "false"]
    main([*train, "--model-dir", str(volume)])
    dataset.write_text(DATASET + "3,Etude\n3,Fugue\n")
    main([*train, "--model-dir", str(volume)])
    local = ["--model-dir", str(tmp_path / "local")]
    told()

    codes = [
        main(["models", "copy", *way, *local]) for way in ((str(volume), URL), (str(volume), URL), (URL, str(back)))
    ]

    assert codes == [0, 0, 0]
    said = told()
    assert f"copied 2 models from {volume} to {URL}" in said
    assert f"copied 0 models from {volume} to {URL}, where 2 were before" in said
    assert FolderStore(back).pointer() == FolderStore(volume).pointer()
    assert FolderStore(back).model_ids() == FolderStore(volume).model_ids()
    FolderStore(back).load_current()
    # Nothing is trained again where the models were copied to.
    assert main([*train, "--model-dir", str(back)]) == 0
    assert "nothing to do" in told()


def test_a_copy_that_was_cut_off_goes_on(bucket: Any, dataset: Path, tmp_path: Path) -> None:
    volume = tmp_path / "volume"
    main(["train", "--dataset", str(dataset), "--min-support", "1", "--model-dir", str(volume)])
    copy = ["models", "copy", str(volume), URL, "--model-dir", str(tmp_path / "local")]
    bucket.fault = lambda method, key: 503 if (method, key[-13:]) == ("PUT", "manifest.json") else None
    codes = [main(copy)]
    bucket.fault = lambda _method, _key: None

    codes.append(main(copy))

    assert codes == [1, 0]
    assert current(bucket) == FolderStore(volume).pointer().model_id
