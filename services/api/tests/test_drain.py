import fcntl
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from playlist_api.server.drain import Draining, NoServerError, drain


@pytest.fixture(autouse=True)
def _temporary_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / f"playlist-api-{os.geteuid()}"


@pytest.fixture
def draining() -> Iterator[Draining]:
    draining = Draining()
    before = signal.getsignal(signal.SIGUSR2)
    yield draining
    draining.withdraw()
    signal.signal(signal.SIGUSR2, before)


def test_announced_process_is_drained(draining: Draining) -> None:
    draining.announce(8080)
    was_active = draining.is_active

    workers = drain(8080)

    assert workers == [os.getpid()]
    assert not was_active
    assert draining.is_active


def test_other_port_is_left_alone(draining: Draining) -> None:
    draining.announce(8080)

    # 808 is the beginning of 8080, and no part of it.
    for port in (80, 808, 8081):
        with pytest.raises(NoServerError, match=f"no playlist-api runs on port {port} of this host"):
            drain(port)

    assert not draining.is_active


def test_process_that_withdrew_is_not_found(draining: Draining, folder: Path) -> None:
    draining.announce(8080)
    draining.withdraw()

    with pytest.raises(NoServerError):
        drain(8080)

    assert list(folder.iterdir()) == []


def test_file_that_nobody_holds_is_not_taken_for_a_server(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    # Were it believed, this very process would get the signal, and end.
    (folder / f"8080.{os.getpid()}").touch()

    with pytest.raises(NoServerError):
        drain(8080)


def test_folder_that_others_can_write_into_is_refused(folder: Path, draining: Draining) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(PermissionError, match="not a folder of this user alone"):
        drain(8080)
    with pytest.raises(PermissionError):
        draining.announce(8080)


def test_link_in_place_of_the_folder_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PermissionError):
        drain(8080)


def test_folder_is_made_for_this_user_alone(draining: Draining, folder: Path) -> None:
    draining.announce(8080)

    assert folder.stat().st_mode & 0o777 == 0o700


def test_file_is_held_for_as_long_as_the_process_lives(draining: Draining, folder: Path) -> None:
    draining.announce(8080)

    (path,) = folder.iterdir()
    with path.open("rb") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
