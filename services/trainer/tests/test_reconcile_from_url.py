"""Trainings from a dataset behind a URL: what is asked again, what is not, and what is never kept."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_model import FolderStore
from playlist_trainer.errors import DatasetError, DatasetUnavailableError
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

from .http_origin import BODY, OK, Answer, Origin, Request

OTHER = b"pid,track_name\n1,Etude\n1,Waltz\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(model_dir=tmp_path / "models", min_support=1, evaluation=False, retries=0)


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    return FolderStore(settings.model_dir)


def versioned(content: Callable[[], bytes], etag: Callable[[], str]) -> Callable[[Request], Answer]:
    """Serve a file with an ETag, and 304 to whoever has that version."""

    def route(request: Request) -> Answer:
        headers = {"ETag": etag()}
        known = request.headers.get("If-None-Match") == etag()
        return Answer(304, headers) if known else Answer(200, headers, content())

    return route


def written(store: FolderStore) -> dict[Path, int]:
    """When each file was last written, but for the note of the last run."""
    return {
        path: path.stat().st_mtime_ns for path in store.root.rglob("*") if path.is_file() and path != store.status_path
    }


def test_unchanged_dataset_is_not_downloaded_again_and_no_model_is_written(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    url = origin.route("/data.csv", versioned(lambda: BODY, lambda: '"1"'))
    wanted = replace(settings, dataset_url=url)
    reconcile(wanted)
    before = written(store)

    said = reconcile(wanted)

    assert "nothing to do" in said
    assert origin.sent("If-None-Match") == [None, '"1"']
    assert written(store) == before


def test_new_parameters_ask_for_the_whole_dataset(origin: Origin, settings: Settings, store: FolderStore) -> None:
    url = origin.route("/data.csv", versioned(lambda: BODY, lambda: '"1"'))
    reconcile(replace(settings, dataset_url=url))

    reconcile(replace(settings, dataset_url=url, min_confidence=0.5))

    assert origin.sent("If-None-Match") == [None, None]
    assert store.load_current().manifest.parameters["min_confidence"] == 0.5


def test_reverted_parameters_need_no_download_to_find_the_kept_model(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    url = origin.route("/data.csv", versioned(lambda: BODY, lambda: '"1"'))
    reconcile(replace(settings, dataset_url=url))
    first = store.pointer().model_id
    reconcile(replace(settings, dataset_url=url, min_confidence=0.5))

    reconcile(replace(settings, dataset_url=url))

    assert store.pointer().model_id == first
    assert origin.sent("If-None-Match")[-1] == '"1"'


def test_changed_dataset_behind_one_url_is_noticed_by_its_etag(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    served = [(BODY, '"1"')]
    url = origin.route("/data.csv", versioned(lambda: served[-1][0], lambda: served[-1][1]))
    reconcile(replace(settings, dataset_url=url))

    served.append((OTHER, '"2"'))
    reconcile(replace(settings, dataset_url=url))

    assert "Waltz" in list(store.load_current().songs.names)


def test_damaged_model_is_made_anew_although_the_server_would_say_not_modified(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    url = origin.route("/data.csv", versioned(lambda: BODY, lambda: '"1"'))
    reconcile(replace(settings, dataset_url=url))
    (damaged,) = store.model_ids()
    (store.model_path(damaged) / "rule_consequents.npy").unlink()

    reconcile(replace(settings, dataset_url=url))

    assert origin.sent("If-None-Match") == [None, None]
    assert store.load_current().manifest.model_id != damaged


def test_another_url_with_the_same_content_is_the_same_dataset(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    one = origin.route("/one.csv", versioned(lambda: BODY, lambda: '"1"'))
    two = origin.route("/two.csv", versioned(lambda: BODY, lambda: '"1"'))
    reconcile(replace(settings, dataset_url=one))

    said = reconcile(replace(settings, dataset_url=two))

    assert "nothing to do" in said
    assert origin.sent("If-None-Match") == [None, None], "an ETag is sent only to the URL that it came from"


def test_user_password_and_query_are_neither_kept_nor_told(origin: Origin, store: FolderStore) -> None:
    address = origin.route("/data.csv", lambda _: Answer(200, {}, BODY)).removeprefix("http://")
    told = b""
    for url in (f"http://ann:s3cret@{address}?token=t0ken", f"http://ann:s3cret@{address}/nowhere?token=t0ken"):
        flags = ["--min-support", "1", "--model-dir", store.root, "--dataset", url, "--log-level", "debug"]
        ran = subprocess.run(
            [sys.executable, "-m", "playlist_trainer", "train", *flags], check=False, capture_output=True
        )
        told += ran.stdout + ran.stderr

    kept = b"".join(path.read_bytes() for path in store.root.rglob("*") if path.is_file())
    assert b"published model" in told
    assert b"answered 404" in told
    for secret in (b"s3cret", b"ann:", b"t0ken", b"token="):
        assert secret not in kept
        assert secret not in told


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(404), DatasetError),
        (Answer(403), DatasetError),
        (Answer(200, {"Content-Type": "text/html"}, b"<html>log in</html>"), DatasetError),
        (Answer(200), DatasetError),
        (Answer(500), DatasetUnavailableError),
        (Answer(429), DatasetUnavailableError),
        (Answer(200, {}, BODY, cut_after=10), DatasetUnavailableError),
        (Answer(200, {}, BODY, silent_s=5), DatasetUnavailableError),
    ],
    ids=["404", "403", "page", "empty", "500", "429", "cut", "hangs"],
)
def test_fault_of_the_server_keeps_the_old_model_and_leaves_nothing_behind(
    origin: Origin, settings: Settings, store: FolderStore, answer: Answer, error: type[Exception]
) -> None:
    reconcile(settings)
    before = store.pointer()
    url = origin.script("/data.csv", answer)

    with pytest.raises(error):
        reconcile(replace(settings, dataset_url=url, read_timeout_s=0.2))

    assert store.pointer() == before
    assert list(store.scratch_path.iterdir()) == []


@pytest.mark.parametrize("status", [404, 500])
def test_server_that_is_away_keeps_the_model_and_ends_well_while_nothing_else_is_asked_for(
    origin: Origin, settings: Settings, store: FolderStore, status: int
) -> None:
    url = origin.script("/data.csv", OK, Answer(status))
    wanted = replace(settings, dataset_url=url)
    reconcile(wanted)
    before = store.pointer()

    said = reconcile(wanted)

    assert said.startswith(f"kept model {before.model_id}: could not look at the dataset")
    assert str(status) in said
    assert store.pointer() == before
    assert store.status()["outcome"] == "unseen"


def test_server_that_is_back_is_noted(origin: Origin, settings: Settings, store: FolderStore) -> None:
    wanted = replace(settings, dataset_url=origin.script("/data.csv", OK, Answer(500), OK))
    for _ in range(3):
        reconcile(wanted)

    assert store.status()["outcome"] == "unchanged"


@pytest.mark.parametrize("change", [{"min_confidence": 0.1}, {"dataset_sha256": "0" * 64}, {"dataset_url": "?other"}])
def test_server_that_is_away_fails_whoever_asks_for_something_new(
    origin: Origin, settings: Settings, store: FolderStore, change: dict[str, object]
) -> None:
    url = origin.script("/data.csv", OK, Answer(404))
    wanted = replace(settings, dataset_url=url)
    reconcile(wanted)
    before = store.pointer()
    asked = replace(
        wanted, **{name: url + str(value) if name == "dataset_url" else value for name, value in change.items()}
    )  # type: ignore[arg-type]

    with pytest.raises(DatasetError):
        reconcile(asked)

    assert store.pointer() == before
    assert store.status()["outcome"] == "failed"


def test_reverted_parameters_find_the_kept_model_while_the_server_is_away(
    origin: Origin, settings: Settings, store: FolderStore
) -> None:
    wanted = replace(settings, dataset_url=origin.script("/data.csv", OK, OK, Answer(500)))
    reconcile(wanted)
    first = store.pointer()
    reconcile(replace(wanted, min_confidence=0.1))

    reconcile(wanted)

    assert store.pointer().model_id == first.model_id


@pytest.mark.parametrize("path", ["status/404", "data.csv"])
def test_scheduled_run_leaves_its_failure_in_the_log_and_the_store(
    origin: Origin, store: FolderStore, path: str
) -> None:
    origin.script("/data.csv", Answer(500))
    flags = ["--model-dir", store.root, "--dataset", f"{origin.url}/{path}", "--dataset-retries", "0"]

    codes = [
        subprocess.run([sys.executable, "-m", "playlist_trainer", command, *flags], check=False, capture_output=True)
        for command in ("reconcile", "train")
    ]

    assert [ran.returncode for ran in codes] == [0, 64 if path == "status/404" else 1]
    assert b"answered" in codes[0].stderr
    assert store.status()["outcome"] == "failed"
