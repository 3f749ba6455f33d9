"""A dataset whose URL and headers are a Secret's: they reach its server, and nobody else."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_model import FolderStore
from playlist_trainer.errors import SettingError
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

from .http_origin import OK, Answer, NewOrigin, Origin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What is mounted from the Secret."""
    folder = tmp_path / "secret"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(tmp_path: Path, folder: Path, bare_environment: None) -> Settings:
    return Settings(
        model_dir=tmp_path / "models", dataset_secret_dir=folder, min_support=1, evaluation=False, retries=0
    )


def test_url_is_asked_with_its_query_and_the_headers(origin: Origin, folder: Path, settings: Settings) -> None:
    # As `echo … | base64` makes it.
    (folder / "url").write_text(f"{origin.script('/data.csv', OK)}?X-Amz-Signature=s3cret\n")
    (folder / "headers").write_text("X-Token: t0ken\n")

    assert reconcile(settings).startswith("published model")

    assert [request.target for request in origin.requests] == ["/data.csv?X-Amz-Signature=s3cret"]
    assert origin.sent("X-Token") == ["t0ken"]


def test_a_secret_without_headers_sends_none(origin: Origin, folder: Path, settings: Settings) -> None:
    (folder / "url").write_text(origin.script("/data.csv", OK))

    reconcile(settings)

    assert origin.sent("X-Token") == [None]


def test_headers_of_the_secret_stay_with_its_host(
    origin: Origin, new_origin: NewOrigin, folder: Path, settings: Settings
) -> None:
    elsewhere = new_origin()
    (folder / "url").write_text(origin.redirect("/data.csv", elsewhere.script("/data.csv", OK)))
    (folder / "headers").write_text("Authorization: Bearer t0ken\nX-Token: t0ken\n")

    reconcile(settings)

    assert (origin.sent("X-Token"), elsewhere.sent("X-Token")) == (["t0ken"], [None])
    assert (origin.sent("Authorization"), elsewhere.sent("Authorization")) == (["Bearer t0ken"], [None])


@pytest.mark.parametrize("answer", [OK, Answer(403), Answer(500), Answer(200)], ids=["ok", "403", "500", "empty"])
def test_nothing_of_the_secret_is_kept_or_told(origin: Origin, folder: Path, tmp_path: Path, answer: Answer) -> None:
    url = origin.script("/data.csv", answer).replace("http://", "http://ann:passw0rd@")
    (folder / "url").write_text(f"{url}?X-Amz-Credential=cr3d&X-Amz-Signature=s3cret#fr4gment")
    (folder / "headers").write_text("X-Token: t0ken\n")
    flags = ["--min-support", "1", "--model-dir", tmp_path / "models", "--log-level", "debug", "--dataset-retries", "0"]

    ran = subprocess.run(
        [sys.executable, "-m", "playlist_trainer", "reconcile", "--dataset-secret-dir", folder, *flags],
        check=False,
        capture_output=True,
    )

    kept = b"".join(path.read_bytes() for path in (tmp_path / "models").rglob("*") if path.is_file())
    assert origin.url.removeprefix("http://").encode() in ran.stdout + ran.stderr
    assert b'"outcome"' in kept
    for secret in (b"ann", b"passw0rd", b"cr3d", b"s3cret", b"fr4gment", b"t0ken", b"X-Amz", b"X-Token"):
        assert secret not in kept
        assert secret not in ran.stdout + ran.stderr


def test_a_renewed_signature_of_the_same_bytes_needs_no_training(
    origin: Origin, folder: Path, settings: Settings
) -> None:
    url = origin.script("/data.csv", OK)
    (folder / "url").write_text(f"{url}?X-Amz-Signature=1")
    reconcile(settings)
    model = FolderStore(settings.model_dir).pointer()
    (folder / "url").write_text(f"{url}?X-Amz-Signature=2")

    said = reconcile(settings)

    assert "nothing to do" in said
    assert FolderStore(settings.model_dir).pointer() == model


def test_a_signature_that_expired_keeps_the_model_and_ends_well(
    origin: Origin, folder: Path, settings: Settings
) -> None:
    (folder / "url").write_text(origin.script("/data.csv", OK, Answer(403)) + "?X-Amz-Signature=1")
    reconcile(settings)

    said = reconcile(settings)

    assert said.startswith("kept model ")
    assert "answered 403" in said
    assert "a presigned one expires" in said


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "No such file or directory"),
        (b" \n", "nothing in it"),
        (b"t0ken\xff", "not UTF-8 text"),
        (b"t0ken", "something else in it"),
        (b"/data/t0ken.csv", "something else in it"),
        (b"https:/ann:t0ken@host/a.csv", "something else in it"),
        (b"https://host/a.csv\nX-Token: t0ken", "something else in it"),
    ],
)
def test_a_secret_without_a_usable_url_is_refused_unseen_and_noted(
    folder: Path, settings: Settings, content: bytes | None, fault: str
) -> None:
    if content is not None:
        (folder / "url").write_bytes(content)

    said = rf"/url: {fault}; expected one line .* in dataset\.existingSecret"
    with pytest.raises(SettingError, match=said) as raised:
        reconcile(settings)

    assert "t0ken" not in str(raised.value)
    assert FolderStore(settings.model_dir).status()["outcome"] == "failed"


@pytest.mark.parametrize("field", ["dataset_url", "dataset_headers_file"])
def test_a_second_place_for_what_the_secret_says_is_refused(folder: Path, settings: Settings, field: str) -> None:
    (folder / "url").write_text("https://host/a.csv")
    other = "builtin:other" if field == "dataset_url" else Path("headers")

    with pytest.raises(SettingError, match=r"dataset\.existingSecret .* are both set, .*: unset one of them"):
        reconcile(replace(settings, **{field: other}))
