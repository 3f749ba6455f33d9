"""No address, however odd, gets its secrets into anything that the command says or keeps."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from .hostile_urls import SECRET, hostile_url

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": f"AK{SECRET}",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ALLOW_HTTP": "true",
    "GOOGLE_SERVICE_ACCOUNT_KEY": SECRET,
    "AZURE_STORAGE_ACCOUNT_NAME": "account",
    "AZURE_STORAGE_ACCOUNT_KEY": SECRET,
    "PLAYLIST_DATASET_CONNECT_TIMEOUT_SECONDS": "1",
}
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def trained_on(urls: list[tuple[str, dict[str, str]]], folder: Path) -> tuple[list[int], bytes]:
    """Train on each URL with its environment; gives the exit codes, and all that was said and kept."""
    unset = {*PROXIES, *(name.upper() for name in PROXIES)}
    kept = {name: value for name, value in os.environ.items() if name not in unset and not name.startswith("PLAYLIST_")}
    ran = subprocess.run(
        [sys.executable, Path(__file__).with_name("hostile_urls.py"), folder / "codes.json"],
        input="".join(json.dumps(url) + "\n" for url in urls).encode(),
        capture_output=True,
        cwd=folder,
        env=kept | ENVIRONMENT,
        check=True,
    )
    files = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return json.loads((folder / "codes.json").read_text()), ran.stdout + ran.stderr + files


@pytest.mark.parametrize("seed", range(2))
def test_no_hostile_url_gets_its_secret_shown_or_kept(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    urls = [(hostile_url(draw), {}) for _ in range(80)]

    codes, shown = trained_on(urls, tmp_path)

    lines = [line for line in shown.split(b"\n") if SECRET.encode() in line]
    assert lines == []
    assert set(codes) <= {64, 1}
    assert b"unexpected" not in shown
    assert b"Traceback" not in shown


def test_the_known_leaks_are_usage_errors(tmp_path: Path) -> None:
    urls = [
        f"https://me:{SECRET}\uff1f@host",
        f"https://me:{SECRET}\uff1f@host/x.csv",
        f"file://me:{SECRET}\uff1f@host/x.csv",
        f"me:{SECRET}@host/x.csv",
        f"https//me:{SECRET}@host/x.csv",
        f"s3://me:{SECRET}@bucket/x.csv",
        f"https://me:{SECRET}@127.0.0.1:99999/x.csv",
    ]

    codes, shown = trained_on([(url, {}) for url in urls], tmp_path)

    assert codes == [64] * len(urls)
    assert SECRET.encode() not in shown


def test_no_proxys_password_is_shown(tmp_path: Path) -> None:
    proxies = [
        f"http://me:{SECRET}\uff1f@host",
        f"http://me:{SECRET}@[",
        f"http://me:{SECRET}@host:99999",
        f"http://me:{SECRET}@host:x",
        f"http://{SECRET}\n@127.0.0.1:1",
        f"socks5://me:{SECRET}@127.0.0.1:1",
        f"hxxp://me:{SECRET}@127.0.0.1:1",
        f"me:{SECRET}@127.0.0.1:1",
        f"http://me:{SECRET}@{'a' * 70}:1",
        f"http://me:{SECRET}@127.0.0.1:1",
        f"http://me:{SECRET}\u00e9\u4e2d@127.0.0.1:1",
    ]
    names = [*PROXIES[:2], *(name.upper() for name in PROXIES[:2]), "AWS_PROXY_URL"]
    urls = ["https://example.invalid/x.csv", "http://example.invalid/x.csv", "s3://bucket/x.csv"]

    codes, shown = trained_on([(url, dict.fromkeys(names, proxy)) for proxy in proxies for url in urls], tmp_path)

    assert SECRET.encode() not in shown
    assert set(codes) <= {64, 1}
    assert b"unexpected" not in shown
