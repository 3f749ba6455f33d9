import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from .dataset_server import DatasetServer
from .hub import Hub, Terminal

# What Git would otherwise read of the machine's, and who commits.
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Person",
    "GIT_AUTHOR_EMAIL": "person@example.com",
    "GIT_COMMITTER_NAME": "A Person",
    "GIT_COMMITTER_EMAIL": "person@example.com",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the machine says about proxies, Git and datasets."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith(("GIT_", "PLAYLIST_")):
            monkeypatch.delenv(name)
    for name, value in _GIT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A bare repository with the values of one installation and of two environments."""
    return Hub(tmp_path)


@pytest.fixture
def server() -> Iterator[DatasetServer]:
    with closing(DatasetServer()) as server:
        yield server


@pytest.fixture
def new_server() -> Iterator[Callable[[], DatasetServer]]:
    """Make servers that are gone after the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(DatasetServer()))


@pytest.fixture
def bump(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(monkeypatch, capsys)
