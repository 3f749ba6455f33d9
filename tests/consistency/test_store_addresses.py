"""Services take just those addresses of object stores that the model store can open."""

from pathlib import Path

import pytest

from playlist_model import StoreRefusedError, open_store
from playlist_runtime.addresses import store_url


@pytest.mark.parametrize("url", ["s3://models", "s3://models/", "s3://models/a/b", "S3://models/a%20b", "gs://m-1/x.y"])
def test_what_a_setting_takes_can_be_opened(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")

    assert "://" in open_store(store_url(url), tmp_path).name


@pytest.mark.parametrize(
    "url",
    ["ftp://models/a", "s3://", "s3://m", "s3://k:s@models/a", "s3://models/a?x", "s3://models/a#x", "s3://models/../a",
     "s3://models/.", "s3://models/a//b", "https://models.example/a", "://"],
)  # fmt: skip
def test_what_can_not_be_opened_no_setting_takes(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="s3://bucket/prefix"):
        store_url(url)
    with pytest.raises(StoreRefusedError):
        open_store(url, tmp_path)
