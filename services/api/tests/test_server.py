"""The command, as a process of its own: what it prints, how it ends, what goes over the wire."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import pytest

from playlist_model import FolderStore

from .running_server import BODY, Publish, Server, command, environ_in, wait_until


def test_flags_win_over_the_environment(start: Callable[..., Server], publish: Publish, store: FolderStore) -> None:
    publish()
    arguments = ("serve", "--port", "0", "--host", "127.0.0.1", "--model-dir", str(store.root))

    server = start(*arguments, PLAYLIST_PORT="1", PLAYLIST_HOST="192.0.2.1", PLAYLIST_MODEL_DIR="/nowhere")

    connection = server.connect()
    connection.request("POST", "/api/recommend", BODY)
    assert connection.getresponse().status == 200


def test_every_line_of_the_log_is_json_and_requests_are_among_them(server: Server) -> None:
    connection = server.connect()
    connection.request("POST", "/api/recommend", BODY, {"X-Request-ID": "seven"})
    connection.getresponse().read()
    server.stop()

    lines = server.lines()

    assert {"playlist_api.server", "playlist_api.live_model", "gunicorn.error"} <= {
        str(line["logger"]) for line in lines
    }
    (line,) = (line for line in lines if line.get("request_id") == "seven")
    assert (line["logger"], line["path"], line["status"]) == ("playlist_api.access", "/api/recommend", 200)


def test_text_log_is_for_people(start: Callable[..., Server]) -> None:
    server = start("--port", "0", "--log-format", "text")

    assert re.search(r"^\d\d:\d\d:\d\d INFO    listening on http://", server.log.read_text(), re.MULTILINE)


def test_stop_exits_with_0_and_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    while_running = [path for name in ("home", "work") for path in (tmp_path / name).rglob("*")]

    assert server.stop() == 0

    assert while_running == []
    assert [path for path in (tmp_path / "tmp").rglob("*") if not path.is_dir()] == []
    assert not [line for line in server.lines() if line["level"] in {"warning", "error"}]


def test_request_in_flight_is_answered_when_the_server_is_stopped(server: Server) -> None:
    head = f"POST /api/recommend HTTP/1.1\r\nHost: a\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head + BODY[:10])
        time.sleep(0.3)  # so that a thread has begun to read the body

        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(BODY[10:])

        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Scarborough Fair" in answer
    assert server.process.wait(timeout=30) == 0


def test_stop_that_comes_while_gunicorn_is_still_being_imported_is_not_lost(environ: dict[str, str]) -> None:
    command_line = [sys.executable, "-m", "playlist_api", "--port", "0"]
    with subprocess.Popen(command_line, env=environ, stderr=subprocess.DEVNULL) as process:
        # From here on the signal is held back, until gunicorn is there to take it.
        held_back = f"SigBlk:\t{1 << signal.SIGTERM - 1:016x}\n"
        wait_until(lambda: held_back in Path(f"/proc/{process.pid}/status").read_text())

        process.send_signal(signal.SIGTERM)

        # By the signal's default action it would be -15; as a container's first process it would go on.
        assert process.wait(timeout=30) == 0


def test_first_process_has_nothing_that_answers_alone_need(server: Server) -> None:
    # It never answers, and what it has would soon be in memory twice.
    first, worker = (Path(f"/proc/{number}/maps").read_text() for number in (server.process.pid, *server.workers()))

    assert ("numpy" in first, "numpy" in worker) == (False, True)


def test_version_is_the_one_that_was_baked_in(environ: dict[str, str]) -> None:
    assert command("--version", environ=environ | {"PLAYLIST_VERSION": "1.2.3"}).stdout == "playlist-api 1.2.3\n"


def test_silent_clients_hold_up_neither_others_nor_the_stop(server: Server) -> None:
    with ExitStack() as silent:
        for _ in range(8):
            silent.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        started = time.monotonic()

        assert server.is_ready()

        assert time.monotonic() - started < 4
        assert server.stop() == 0
        assert time.monotonic() - started < 12  # of a graceful time-out of 15


def test_kept_connection_is_told_to_close_while_draining(server: Server) -> None:
    connection = server.connect()
    connection.request("POST", "/api/recommend", BODY)
    before = connection.getresponse()
    before.read()
    kept = connection.sock

    started = time.monotonic()
    drained = command("drain", "1.5", environ=server.environ | {"PLAYLIST_PORT": str(server.port)})
    took_s = time.monotonic() - started
    connection.request("POST", "/api/recommend", BODY)
    after = connection.getresponse()

    assert drained.returncode == 0, drained.stderr
    assert (drained.stdout, drained.stderr) == ("", "")
    assert took_s >= 1.5
    assert "Connection" not in before.headers  # HTTP/1.1 keeps what is not said to be closed
    assert kept is not None
    assert (after.status, after.headers["Connection"]) == (200, "close")
    # New clients are still answered: it takes a while until all of them are sent elsewhere.
    again = server.connect()
    again.request("GET", "/livez")
    assert again.getresponse().headers["Connection"] == "close"
    assert server.stop() == 0


def test_drain_without_a_server_fails_with_one_sentence(environ: dict[str, str]) -> None:
    drained = command("drain", environ=environ | {"PLAYLIST_PORT": "1"})

    assert drained.returncode == 1
    assert drained.stderr == (
        "playlist-api: no playlist-api runs on port 1 of this host: is PLAYLIST_PORT the one it has?\n"
    )


def test_drain_does_not_take_what_a_killed_server_left_for_a_server(server: Server) -> None:
    port = str(server.port)
    (worker,) = server.workers()
    server.process.kill()
    server.process.wait()
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{worker}/fd").exists() or not server.is_ready())

    wait_until(lambda: command("drain", "0", "--port", port, environ=server.environ).returncode == 1)


def test_worker_that_died_is_replaced_and_can_be_drained(server: Server) -> None:
    (first,) = server.workers()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.workers() not in ([], [first]) and server.is_ready())

    drained = command("drain", "0", "--port", str(server.port), environ=server.environ)

    assert drained.returncode == 0


def test_server_runs_where_it_can_not_be_made_drainable(
    start: Callable[..., Server], publish: Publish, environ: dict[str, str]
) -> None:
    publish()
    (Path(environ["TMPDIR"]) / f"playlist-api-{os.geteuid()}").touch()

    server = start()

    assert server.is_ready()
    assert any("will not find this server" in str(line["message"]) for line in server.lines())


def test_new_model_is_served_without_a_restart(server: Server, publish_named: Publish) -> None:
    connection = server.connect()

    def songs() -> list[str]:
        connection.request("POST", "/api/recommend", b'{"songs": []}')
        found: list[str] = json.loads(connection.getresponse().read())["songs"]
        return found

    publish_named(2)

    wait_until(lambda: songs() == ["2: a", "2: b", "2: c"])


def test_pod_with_an_empty_volume_is_ready_and_answers_503(start: Callable[..., Server]) -> None:
    connection = start().connect()

    connection.request("POST", "/api/recommend", BODY)

    response = connection.getresponse()
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_body_of_unannounced_length_is_read_up_to_the_limit(server: Server) -> None:
    small, large = server.connect(), server.connect()

    small.request("POST", "/api/recommend", iter([BODY[:7], BODY[7:]]), encode_chunked=True)
    large.request("POST", "/api/recommend", iter([b" " * 65536] * 17), encode_chunked=True)

    assert json.loads(small.getresponse().read())["songs"] == ["Scarborough Fair"]
    assert large.getresponse().status == 413


def test_bad_settings_are_all_named_and_exit_with_64(environ: dict[str, str]) -> None:
    # What Kubernetes sets by itself beside a Service that is called "playlist".
    finished = command(environ=environ | {"PLAYLIST_PORT": "tcp://10.0.0.1:80", "PLAYLIST_THREADS": "none"})

    assert finished.returncode == 64
    assert finished.stdout == ""
    (line,) = finished.stderr.splitlines()
    assert line.startswith(
        "playlist-api: PLAYLIST_PORT is 'tcp://10.0.0.1:80', expected a whole number from 0 to 65535"
    )
    assert "PLAYLIST_THREADS is 'none'" in line


@pytest.mark.parametrize(
    "arguments", [["--prot", "1"], ["sevre"], ["drain", "soon"], ["drain", "-1"], ["drain", "nan"], ["--port", "x"]]
)
def test_wrong_use_exits_with_64(environ: dict[str, str], arguments: list[str]) -> None:
    finished = command(*arguments, environ=environ)

    assert finished.returncode == 64
    assert "Traceback" not in finished.stderr
    assert finished.stderr


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--version"], f"playlist-api {version('playlist-api')}"),
        (["--help"], "drain"),
        (["serve", "--help"], "PLAYLIST_MODEL_DIR"),
    ],
)
def test_command_explains_itself(environ: dict[str, str], arguments: list[str], part: str) -> None:
    finished = command(*arguments, environ=environ)

    assert finished.returncode == 0
    assert part in finished.stdout


def test_port_in_use_is_told_in_one_sentence(server: Server) -> None:
    second = command("--port", str(server.port), environ=server.environ)

    assert second.returncode == 1
    assert second.stdout == ""
    assert second.stderr == (
        f"playlist-api: can't listen on 127.0.0.1 port {server.port}: Address already in use; "
        "stop what listens there, or take another --port\n"
    )


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1"])
def test_host_that_is_not_this_machine_is_named(tmp_path: Path, host: str) -> None:
    done = command("--host", host, "--port", "0", environ=environ_in(tmp_path, tmp_path))

    assert done.returncode == 1
    assert done.stderr.startswith(f"playlist-api: can't listen on {host} port 0: ")
    assert done.stderr.endswith("; give an address of this machine as --host\n")


def test_port_of_metrics_that_is_the_apis_is_refused(environ: dict[str, str]) -> None:
    finished = command("--port", "8080", environ=environ | {"PLAYLIST_METRICS_PORT": "8080"})

    assert finished.returncode == 64
    assert finished.stderr == "playlist-api: PLAYLIST_METRICS_PORT is 8080, the port of the API itself\n"


def test_every_address_means_ipv4_and_ipv6(environ: dict[str, str], publish: Publish, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "every-address"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "playlist_api", "--host", "::", "--port", str(port)],
            env=environ,
            stderr=file,
        )
    try:
        wait_until(lambda: answers("127.0.0.1", port), log.read_text)
        assert answers("::1", port) or not has_ipv6()
    finally:
        process.terminate()
        process.wait(30)


def answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=20) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return connection.recv(65536).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize(("has_terminal", "code"), [(True, 0), (False, None)])
def test_hang_up_ends_a_server_that_a_terminal_started(
    environ: dict[str, str], tmp_path: Path, has_terminal: bool, code: int | None
) -> None:
    """Without one it is the wish to read the configuration again, as for gunicorn anywhere."""
    ours, its = pty.openpty()
    log = tmp_path / "log-of-no-terminal"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "playlist_api", "--port", "0"],
            env=environ,
            stderr=its if has_terminal else file,
        )
    os.close(its)
    said = b""
    while b"loaded" not in said and b"Booting" not in said:
        said = (said + os.read(ours, 65536)) if has_terminal else log.read_bytes()
    try:
        process.send_signal(signal.SIGHUP)

        if code is None:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        else:
            assert process.wait(timeout=30) == code
    finally:
        process.terminate()
        process.wait(30)
        os.close(ours)


def test_no_line_of_the_log_is_lost_when_the_server_is_stopped(server: Server) -> None:
    connection = server.connect()
    for number in range(50):
        connection.request("POST", "/api/recommend", BODY, {"X-Request-ID": f"number-{number}"})
        connection.getresponse().read()
    server.stop()

    logged = [line["request_id"] for line in server.lines() if str(line.get("request_id", "")).startswith("number-")]
    assert logged == [f"number-{number}" for number in range(50)]
