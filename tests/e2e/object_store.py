"""A real S3 server that the tests start, stop and hold: versitygw, at an address that pods reach."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests
from tests.e2e.cluster import Object, until

_PORT = 18071
_BUCKET = "models"
_KEYS = {"AWS_ACCESS_KEY_ID": "e2e-access-key", "AWS_SECRET_ACCESS_KEY": "e2e-secret-key"}
SECRET = "model-store"


class ObjectStore:
    """The server, and the bucket that models are kept in.

    Attributes:
        url: of the server, as pods reach it.
    """

    def __init__(self, folder: Path) -> None:
        """Start it on an empty folder; S3_URL says which of this machine's addresses pods reach."""
        self.url = f"http://{urlsplit(os.environ['S3_URL']).hostname}:{_PORT}"
        self._folder = folder
        (folder / _BUCKET).mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @staticmethod
    def is_possible() -> bool:
        """Whether there is a server to start, and an address to start it at."""
        return bool(os.environ.get("S3_URL")) and shutil.which("versitygw") is not None

    @property
    def values(self) -> dict[str, object]:
        """The chart's values for it."""
        return {
            "modelStore.url": f"s3://{_BUCKET}/recommender",
            "modelStore.endpoint": self.url,
            "modelStore.existingSecret": SECRET,
            "modelStore.allowHttp": True,
        }

    @staticmethod
    def secret(namespace: str) -> Object:
        """Return the Secret with the keys."""
        metadata = {"name": SECRET, "namespace": namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": _KEYS}

    def start(self) -> None:
        """Start the server; what it held is there again."""
        address = self.url.removeprefix("http://")
        command = ["versitygw", "--port", address, "--health", "/health", "--quiet", "posix", str(self._folder)]
        keys = {"ROOT_ACCESS_KEY": _KEYS["AWS_ACCESS_KEY_ID"], "ROOT_SECRET_KEY": _KEYS["AWS_SECRET_ACCESS_KEY"]}
        self._process = subprocess.Popen(
            command, env=os.environ | keys, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until("the S3 server answers", self._is_up, timeout_s=20)

    def stop(self) -> None:
        """Kill the server; connections to it are refused."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def away(self, at_least_s: float = 0.0) -> Iterator[None]:
        """Do without the server for a while."""
        self.stop()
        began = time.monotonic()
        try:
            yield
            time.sleep(max(0.0, began + at_least_s - time.monotonic()))
        finally:
            self.start()

    def _is_up(self) -> bool:
        with requests.Session() as session:
            session.trust_env = False
            try:
                return session.get(f"{self.url}/health", timeout=2).ok
            except requests.RequestException:
                return False
