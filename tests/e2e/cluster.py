"""The cluster: kubectl for what a person would type, the API server over HTTP for what is asked many times a second."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).resolve().parents[2]
Object = dict[str, Any]
T = TypeVar("T")
_POD_ANSWERS_WITHIN_S = 2


class CommandError(AssertionError):
    """A command failed; the text is what it said."""


def run(command: Sequence[str | Path], *, timeout_s: float = 300, text: str | None = None, **environ: str) -> str:
    """Run a command to its end; gives what it printed.

    Raises:
        CommandError: it failed, or took too long.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, input=text, capture_output=True, text=True, check=False, timeout=timeout_s, env=os.environ | environ
        )
    except subprocess.TimeoutExpired as error:
        raise CommandError(f"{' '.join(words)}: not done within {timeout_s} s\n{error.output!r}") from error
    if done.returncode:
        raise CommandError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def until(what: str, found: Callable[[], T | None], *, timeout_s: float = 60, every_s: float = 0.2) -> T:
    """Return what `found` gives as soon as it is something.

    Raises:
        AssertionError: it was nothing until the end.
    """
    deadline = time.monotonic() + timeout_s
    while not (result := found()):
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(every_s)
    return result


class Cluster:
    """The cluster that KUBECONFIG leads to."""

    def __init__(self) -> None:
        """Open a way to the API server that costs no process for each question."""
        self._proxy = subprocess.Popen(["kubectl", "proxy", "--port=0"], stdout=subprocess.PIPE, text=True)
        assert self._proxy.stdout
        line = self._proxy.stdout.readline()
        address = re.search(r"127\.0\.0\.1:\d+", line)
        assert address, f"kubectl proxy said {line!r}"
        self._url = f"http://{address[0]}"
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """End what was started."""
        self._session.close()
        self._proxy.terminate()
        self._proxy.wait()
        if self._proxy.stdout:
            self._proxy.stdout.close()

    def get(self, path: str, **parameters: str) -> Object | None:
        """Return what the API server has at a path; None where there is nothing."""
        answer = self._session.get(self._url + path, params=parameters, timeout=20)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        answer.raise_for_status()
        found: Object = answer.json()
        return found

    def ask_pod(self, namespace: str, pod: str, path: str) -> Object | None:
        """Return what a pod answers at its port 8080; None if it does not, because it starts or ends for instance."""
        answer = self._of_pod(namespace, pod, 8080, path)
        return answer.json() if answer is not None and answer.ok else None

    def metrics_of_pod(self, namespace: str, pod: str) -> str:
        """Return a pod's metrics; empty if it gives none."""
        answer = self._of_pod(namespace, pod, 9090, "/metrics")
        return answer.text if answer is not None and answer.ok else ""

    def _of_pod(self, namespace: str, pod: str, port: int, path: str) -> requests.Response | None:
        url = f"{self._url}/api/v1/namespaces/{namespace}/pods/http:{pod}:{port}/proxy{path}"
        try:
            return self._session.get(url, timeout=_POD_ANSWERS_WITHIN_S)
        except requests.Timeout:
            return None

    def items(self, path: str, selector: str = "") -> list[Object]:
        """Return the objects of a list."""
        found = self.get(path, labelSelector=selector)
        return found["items"] if found else []

    def kubectl(self, *words: str, text: str | None = None, timeout_s: float = 120) -> str:
        """Run kubectl."""
        return run(["kubectl", *words], text=text, timeout_s=timeout_s)

    def apply(self, *objects: Object | str) -> None:
        """Apply objects, or YAML."""
        for content in objects:
            self.kubectl("apply", "-f", "-", text=content if isinstance(content, str) else json.dumps(content))

    def make_namespace(self, name: str, **labels: str) -> None:
        """Make a namespace, without what an earlier run left in it."""
        self.delete_namespace(name, wait=True)
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})

    def delete_namespace(self, name: str, *, wait: bool = False) -> None:
        """Delete a namespace with all that it holds; none is fine.

        Pods go at once: Kubernetes looks at a namespace only every half of its pods' grace period. Even so it takes
        some ten seconds more, to wait for only where something other than `make_namespace` makes the namespace anew.
        Ports of the node are free on return.
        """
        if self.get(f"/api/v1/namespaces/{name}"):
            there = "--all", "--namespace", name
            owners = "deployment,statefulset,cronjob,job,service"
            self.kubectl("delete", owners, *there, "--cascade=background", "--wait=false")
            self.kubectl("delete", "pod", *there, "--force", "--grace-period=0")
        waiting = "--timeout=120s" if wait else "--wait=false"
        self.kubectl("delete", "namespace", name, "--ignore-not-found", waiting)


def timed(act: Callable[[], object]) -> float:
    """Return how long something took, in seconds."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def seconds_between(begin: str, end: str) -> float:
    """Return the seconds between two of Kubernetes' times, which are whole seconds."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


def forget_refused(port: int) -> None:
    """Make the kernel forget connections to a NodePort that were refused before there was a pod.

    It would refuse later ones from the same source port too, for two minutes. Connections that live are broken by it.
    """
    if shutil.which("conntrack"):
        subprocess.run(
            ["conntrack", "-D", "-p", "tcp", "--orig-port-dst", str(port)], capture_output=True, check=False, timeout=30
        )
