"""A way into a cluster: ``kubectl port-forward``, started for the user and ended with the command."""

import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playlist_client.errors import UnreachableError

_LISTENING = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+)")
_START_S = 20.0
_AGAIN_S = 0.5
_END_S = 2.0


@contextmanager
def forwarded(release: str, namespace: str | None, note: Callable[[str], None]) -> Iterator[str]:
    """Make the API of a Helm release reachable; yield its URL while the context lasts.

    Args:
        release: the release's name.
        namespace: None takes the one that kubectl is set to.
        note: is told when the way broke and is made anew.

    Raises:
        UnreachableError: no kubectl, no such release, or kubectl can't forward; the message holds its words.
    """
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        raise UnreachableError("--kube needs kubectl, which is not installed; install it or use --url")
    command = [kubectl, *([f"--namespace={namespace}"] if namespace else [])]
    where = f"in namespace {namespace}" if namespace else "in kubectl's namespace (-n names another)"
    service = _service(command, release, where)
    forward = _PortForward([*command, "port-forward", "--address=127.0.0.1", service], note)
    try:
        yield f"http://127.0.0.1:{forward.wait_for_port()}"
    finally:
        forward.close()


def _service(command: list[str], release: str, where: str) -> str:
    """Return the API's Service as kubectl names it: ``service/NAME``."""
    labels = f"app.kubernetes.io/instance={release},app.kubernetes.io/component=api"
    try:
        found = subprocess.run(  # noqa: S603 - arguments, not a shell's line
            [*command, "get", "services", f"--selector={labels}", "--output=name"],
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnreachableError(f"kubectl did not find the release {release}: the cluster does not answer") from error
    if found.returncode:
        words = found.stderr.strip().splitlines() or ["it gave no reason"]
        raise UnreachableError(f"kubectl did not find the release {release}: {words[-1]}")
    names = found.stdout.split()
    if not names:
        raise UnreachableError(f"there is no API of a release {release} {where}: helm list names the releases")
    return names[0]


class _PortForward:
    """A running ``kubectl port-forward``, started again on the same port when it ends by itself.

    It leads to one pod, and ends with it: in a rollout that is soon.
    """

    def __init__(self, command: list[str], note: Callable[[str], None]) -> None:
        self._command = command
        self._note = note
        self._port: str | None = None
        self._process: subprocess.Popen[str] | None = None
        self._said: deque[str] = deque(maxlen=5)
        # Set as soon as it listens, or is not going to.
        self._decided = threading.Event()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, daemon=True, name="port-forward")
        self._thread.start()

    def wait_for_port(self) -> str:
        """Return the port once it listens."""
        self._decided.wait(_START_S)
        if self._port is None:
            words = " ".join(self._said) or f"no output for {_START_S:g} s"
            raise UnreachableError(f"kubectl port-forward does not work: {words}")
        return self._port

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._closing.set()
            process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(_END_S)

    def _keep(self) -> None:
        """Run it until it is closed; without a first success only once."""
        while not self._closing.is_set():
            self._run_once()
            self._decided.set()
            if self._port is None or self._closing.is_set():
                return
            self._note("kubectl port-forward ended, as it does when its pod goes; restarting it")
            self._closing.wait(_AGAIN_S)

    def _run_once(self) -> None:
        with self._lock:
            if self._closing.is_set():
                return
            # A session of its own: Ctrl-C is meant for the client, which may go on after it.
            self._process = subprocess.Popen(  # noqa: S603 - arguments, not a shell's line
                [*self._command, f"{self._port or ''}:http"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        with self._process, suppress(ValueError):
            # Read to the end: it tells of each connection, and would stop at a full pipe.
            for line in self._process.stdout or ():
                self._said.append(line.strip())
                found = _LISTENING.search(line)
                if found:
                    self._port = found.group(1)
                    self._decided.set()
