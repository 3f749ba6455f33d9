"""A real S3 server that the tests start, stop and hold: versitygw, at an address that pods reach."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests
from tests.e2e.cluster import ROOT, Object, run, until
from tests.e2e.release import FULL_NAME, Release

_PORT, _TLS_PORT = 18071, 18072
_BUCKET = "models"
_KEYS = {"AWS_ACCESS_KEY_ID": "e2e-access-key", "AWS_SECRET_ACCESS_KEY": "e2e-secret-key"}
SECRET = "model-store"


_CA = "store-ca"


@dataclass(frozen=True)
class Certificates:
    """A private authority, and what it signed.

    Attributes:
        authority: the PEM file that whoever trusts it needs.
        certificate: the server's.
        key: the server's.
    """

    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def made(cls, folder: Path, host: str) -> "Certificates":
        """Make them, for a server at an IP address."""
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        new: list[str | Path] = ["openssl", "req", "-x509", *kind]
        made = cls(folder / "ca.pem", folder / "server.pem", folder / "server.key")
        authority_key = folder / "ca.key"
        run([*new, "-subj", "/CN=Private CA", "-keyout", authority_key, "-out", made.authority])
        names: list[str | Path] = ["-addext", f"subjectAltName=IP:{host}", "-addext", "basicConstraints=CA:FALSE"]
        signed: list[str | Path] = [
            "-CA",
            made.authority,
            "-CAkey",
            authority_key,
            "-keyout",
            made.key,
            "-out",
            made.certificate,
        ]
        run([*new, "-subj", "/CN=store", *names, *signed])
        return made

    def config_map(self, namespace: str) -> Object:
        """Return the ConfigMap that pods trust."""
        metadata = {"name": _CA, "namespace": namespace}
        data = {"ca.crt": self.authority.read_text(encoding="utf-8")}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


class ObjectStore:
    """The server, and the bucket that models are kept in.

    Attributes:
        url: of the server, as pods reach it.
    """

    def __init__(self, folder: Path, certificates: Certificates | None = None) -> None:
        """Start it on an empty folder; with certificates over TLS, otherwise over plain HTTP."""
        self._certificates = certificates
        address = f"{self.host()}:{_TLS_PORT if certificates else _PORT}"
        self.url = f"{'https' if certificates else 'http'}://{address}"
        self._folder = folder / "buckets"
        (self._folder / _BUCKET).mkdir(parents=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @staticmethod
    def is_possible() -> bool:
        """Whether there is a server to start, and an address to start it at."""
        return bool(os.environ.get("S3_URL")) and shutil.which("versitygw") is not None

    @staticmethod
    def host() -> str:
        """Return this machine's address that pods reach."""
        return urlsplit(os.environ["S3_URL"]).hostname or ""

    @property
    def values(self) -> dict[str, object]:
        """The chart's values for it."""
        trusted: dict[str, object] = {"modelStore.caBundle.existingConfigMap": _CA}
        return {
            "modelStore.url": f"s3://{_BUCKET}/recommender",
            "modelStore.endpoint": self.url,
            "modelStore.existingSecret": SECRET,
            **(trusted if self._certificates else {"modelStore.allowHttp": True}),
        }

    def make_bucket(self, name: str) -> Path:
        """Return the folder of another bucket: its files are the bucket's objects."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def environment(self) -> dict[str, str]:
        """What a client of the store finds in its environment."""
        return {**_KEYS, "AWS_ENDPOINT_URL": self.url, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1"}

    @staticmethod
    def secret(namespace: str) -> Object:
        """Return the Secret with the keys."""
        metadata = {"name": SECRET, "namespace": namespace}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": _KEYS}

    def move_of_the_guide(self, release: Release) -> str:
        """Return the commands of docs/operations.md that copy models here, for one release."""
        guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("### By an object store")[1]
        commands = guide[guide.index("kubectl create job move") :].split("```")[0]
        here = {
            "s3://models/recommender": str(self.values["modelStore.url"]),
            "https://minio.example": self.url,
            '"--model-dir"': '"--model-store-allow-http", "true", "--model-dir"',
        }
        for there, replaced in here.items():
            commands = commands.replace(there, replaced)
        return f"N={release.namespace} R={FULL_NAME}\n{commands}"

    def start(self) -> None:
        """Start the server; what it held is there again."""
        files = self._certificates
        tls = ["--cert", files.certificate, "--key", files.key] if files else []
        # Kept connections, as every cloud has them.
        words = ["--port", urlsplit(self.url).netloc, "--health", "/health", "--quiet", "--keep-alive", *tls]
        command = ["versitygw", *map(str, words), "posix", str(self._folder)]
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
            session.verify = str(self._certificates.authority) if self._certificates else True
            try:
                return session.get(f"{self.url}/health", timeout=2).ok
            except requests.RequestException:
                return False
