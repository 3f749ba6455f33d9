"""``--kube``: kubectl port-forward, started for the user and ended with the command."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Client, Process
from .fake_api import FakeApi
from .terminal import Terminal

FAKE = Path(__file__).with_name("fake_kubectl.py")


class Kubectl:
    """The stand-in, in a folder to be put on PATH."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        folder.mkdir()
        script = folder / "kubectl"
        script.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
        script.chmod(0o755)
        (folder / "settings.json").write_text(json.dumps(settings))

    @property
    def path(self) -> str:
        return f"{self.folder}:{os.environ['PATH']}"

    @property
    def calls(self) -> list[list[str]]:
        return [call["arguments"] for call in self._calls()]

    @property
    def running(self) -> list[int]:
        return [call["pid"] for call in self._calls() if _is_running(call["pid"])]

    def _calls(self) -> list[dict[str, list[str] | int]]:
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]


NewKubectl = Callable[..., Kubectl]


@pytest.fixture
def new_kubectl(
    tmp_path: Path, api: FakeApi, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> NewKubectl:
    def new(**settings: object) -> Kubectl:
        kubectl = Kubectl(tmp_path / "bin", upstream=int(api.url.rpartition(":")[2]), **settings)
        environment["PATH"] = kubectl.path
        monkeypatch.setenv("PATH", kubectl.path)
        return kubectl

    return new


def test_release_is_found_by_its_labels_and_reached_while_the_command_runs(
    client: Client, new_kubectl: NewKubectl
) -> None:
    kubectl = new_kubectl()

    done = client("version", "--kube", "music", "-n", "production")

    assert done.code == 0
    assert "version\t0.1.0" in done.out
    found, forwarded = kubectl.calls
    assert found == [
        "--namespace=production",
        "get",
        "services",
        "--selector=app.kubernetes.io/instance=music,app.kubernetes.io/component=api",
        "--output=name",
    ]
    assert forwarded == [
        "--namespace=production",
        "port-forward",
        "--address=127.0.0.1",
        "service/music-playlist-recommender-api",
        ":http",
    ]
    assert kubectl.running == []


def test_without_a_namespace_kubectl_takes_its_own(client: Client, new_kubectl: NewKubectl) -> None:
    kubectl = new_kubectl()

    assert client("version", "--kube", "music").code == 0
    assert not any("namespace" in argument for call in kubectl.calls for argument in call)


def test_kube_wins_over_the_address_of_the_environment(client: Client, new_kubectl: NewKubectl) -> None:
    new_kubectl()

    assert client("version", "--kube", "music", url="http://127.0.0.1:1").code == 0


def test_kubectl_that_is_not_installed_is_told(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    done = client("version", "--kube", "music")

    assert done.code == 3
    assert done.err == "playlist-client: --kube needs kubectl, which is not installed; install it or use --url\n"


def test_release_that_is_not_there_is_told(client: Client, new_kubectl: NewKubectl) -> None:
    new_kubectl()

    elsewhere = client("version", "--kube", "film", "-n", "production")
    nowhere = client("version", "--kube", "film")

    assert (elsewhere.code, nowhere.code) == (3, 3)
    assert "there is no API of a release film in namespace production: helm list names" in elsewhere.err
    assert "in kubectl's namespace (-n names another)" in nowhere.err


def test_words_of_kubectl_are_handed_on(client: Client, new_kubectl: NewKubectl) -> None:
    new_kubectl(error="unable to forward port because pod is not running")

    forbidden = client("version", "--kube", "music", "-n", "forbidden")
    unable = client("version", "--kube", "music")

    assert (forbidden.code, unable.code) == (3, 3)
    assert "kubectl did not find the release music: Error from server (Forbidden)" in forbidden.err
    assert "port-forward does not work: error: unable to forward port because pod is not running" in unable.err


def test_port_forward_that_ends_is_started_again_on_the_same_port(process: Process, new_kubectl: NewKubectl) -> None:
    kubectl = new_kubectl(lives_s=0.5)

    done = process("watch", "--kube", "music", "--interval", "0.1", "--duration", "4", "--json")

    assert "kubectl port-forward ended, as it does when its pod goes; restarting it" in done.err
    assert "port-forward leads to one pod" in done.err
    summary = json.loads(done.out)
    assert summary["failed"] > 0, "what the way cost is not hidden"
    assert summary["statuses"]["200"] > 10
    port = summary["url"].rpartition(":")[2]
    assert [call[-1] for call in kubectl.calls[1:]] == [":http", f"{port}:http"]
    assert kubectl.running == []


def test_port_forward_is_read_so_that_it_never_stops_at_a_full_pipe(process: Process, new_kubectl: NewKubectl) -> None:
    new_kubectl()

    done = process("watch", "--kube", "music", "--interval", "0", "--fresh", "1", "--duration", "2", "--json")

    assert done.code == 0
    assert json.loads(done.out)["requests"] > 100


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_port_forward_ends_with_a_command_that_is_ended(
    process: Process, new_kubectl: NewKubectl, api: FakeApi, number: signal.Signals
) -> None:
    kubectl = new_kubectl()
    # Under nohup, children would inherit that SIGHUP is ignored, and never end.
    inherited = signal.signal(number, signal.SIG_DFL)
    with process.start("watch", "--kube", "music", "--interval", "0.05") as running:
        signal.signal(number, inherited)
        _wait_until(lambda: len(api.asked) > 2)
        running.send_signal(number)
        running.communicate(timeout=30)

    assert running.returncode == 0
    assert kubectl.running == []


def test_port_forward_that_does_not_want_to_end_is_made_to(process: Process, new_kubectl: NewKubectl) -> None:
    kubectl = new_kubectl(ignores_end=True)

    done = process("version", "--kube", "music")

    assert done.code == 0
    assert kubectl.running == []


def test_ctrl_c_in_the_shell_leaves_the_port_forward_alone(process: Process, new_kubectl: NewKubectl) -> None:
    kubectl = new_kubectl()
    with Terminal([*process.command, "shell", "--kube", "music"], process.environment) as terminal:
        terminal.wait_for("no song chosen yet")
        terminal.type("\x03")
        terminal.wait_for("Ctrl-D or /quit leaves")
        terminal.wait_for(">")
        terminal.type("/version\r")
        terminal.wait_for("13200")
        terminal.wait_for(">")
        terminal.type("\x04")
        assert terminal.end() == 0

    assert len(kubectl.calls) == 2
    assert kubectl.running == []


def _is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return state.strip() not in {"", "Z"}


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
