"""The Git host of the tests on a cluster, with a real git."""

import os
import random
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SERVER = Path(__file__).resolve().parents[2] / "ci" / "git-server"
IDENTITY = "-c", "user.name=test", "-c", "user.email=test@example.com"
SMALLEST_BUFFER = "-c", "http.postBuffer=65536"
# What the machine's own settings and proxies say is no matter here.
ENVIRON = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="no git in PATH")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """Where the empty bare repository songs.git is."""
    git("init", "--quiet", "--bare", "-b", "main", tmp_path / "root" / "songs.git")
    command = [sys.executable, SERVER, tmp_path / "root", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRON) as server:
        assert server.stdout
        yield f"{server.stdout.readline().strip()}/songs.git"
        server.terminate()


def test_what_one_clone_pushes_another_gets(url: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    git("clone", "--quiet", url, first)
    commit(first, b"replicas: 2\n")
    git("-C", first, "push", "--quiet", "origin", "main")

    git("clone", "--quiet", url, second)
    assert (second / "values.yaml").read_bytes() == b"replicas: 2\n"
    commit(first, b"replicas: 5\n")
    git("-C", first, "push", "--quiet", "origin", "main")
    git("-C", second, "pull", "--quiet")

    assert (second / "values.yaml").read_bytes() == b"replicas: 5\n"


def test_push_larger_than_gits_buffer_arrives(url: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    content = random.Random(0).randbytes(300_000)
    git("clone", "--quiet", url, first)
    commit(first, content)
    git("-C", first, *SMALLEST_BUFFER, "push", "--quiet", "origin", "main")

    git("clone", "--quiet", url, second)

    assert (second / "values.yaml").read_bytes() == content


@pytest.mark.parametrize("path", ["%2e%2e/secret.git", "nothing.git"])
def test_nothing_outside_its_folder_is_served(url: str, path: str, tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", tmp_path / "secret.git")

    refused = run("ls-remote", f"{url.removesuffix('/songs.git')}/{path}")

    assert refused.returncode != 0
    assert "not found" in refused.stderr or "500" in refused.stderr


def test_it_listens_on_its_address_alone(url: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", urlsplit(url).port), timeout=5)


def commit(tree: Path, content: bytes) -> None:
    (tree / "values.yaml").write_bytes(content)
    git("-C", tree, "add", "--all")
    git("-C", tree, *IDENTITY, "commit", "--quiet", "--message", "an edit")


def git(*words: str | Path) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stderr


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False, timeout=30, env=ENVIRON)
