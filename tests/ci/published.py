"""A release of small images, with real signatures, in a registry of a test's own."""

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = "crane", "cosign", "helm", "git"
BASE = f"docker.io/library/python:3.11-slim@sha256:{'0' * 64}"
SOURCE = "https://git.example.com/playlist-recommender"
CHART_YAML = (ROOT / "charts/playlist-recommender/Chart.yaml").read_text(encoding="utf-8")

needs_tools = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED), reason=f"not all in PATH: {', '.join(NEEDED)}"
)


def of_chart(key: str) -> str:
    """Return a value of Chart.yaml, as `version`."""
    found = re.search(rf'^{key}: *"?([^"\n]+)"?$', CHART_YAML, re.MULTILINE)
    assert found
    return found[1]


VERSION, CHART_VERSION = of_chart("appVersion"), of_chart("version")


@dataclass(frozen=True)
class Published:
    """A release in a registry of this test's own.

    Attributes:
        registry: its address.
        blobs: the folder where it keeps them, by sha256.
        dist: the folder of files.
        environ: to sign and to verify with.
        references: images and chart by digest, by their last name.
    """

    registry: str
    blobs: Path
    dist: Path
    environ: dict[str, str]
    references: dict[str, str]

    def verify(self, *what: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
        command = [ROOT / "ci/verify", *what]
        return subprocess.run(
            command, env=self.environ | environ, capture_output=True, text=True, check=False, timeout=60
        )


def run(environ: dict[str, str], *command: str | Path) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def append(environ: dict[str, str], work: Path, image: str, content: bytes, revision: str | None = None) -> str:
    """Push an image of one file, with a release's labels; return its digest."""
    layer = work / "layer.tar"
    with tarfile.open(layer, "w") as archive:
        member = tarfile.TarInfo("app")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    command = "crane", "append", "--insecure", "--oci-empty-base", "--new_layer", str(layer), "--new_tag", image
    run(environ, *command)
    labels = {"source": SOURCE, "revision": revision or head(environ), "version": VERSION}
    options = [f"--label=org.opencontainers.image.{key}={value}" for key, value in labels.items()]
    said = run(environ, "crane", "mutate", "--insecure", "--tag", image, *options, image)
    return said.strip().partition("@")[2]


def head(environ: dict[str, str], tree: Path = ROOT) -> str:
    return run(environ, "git", "-C", tree, "rev-parse", "HEAD").strip()


@contextmanager
def registry_in(folder: Path) -> Iterator[str]:
    """Serve a registry that keeps its blobs in folder/sha256; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["crane", "registry", "serve", "--address", address, "--disk", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 20
        while subprocess.run(["crane", "catalog", "--insecure", address], capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, "the registry does not answer"
            time.sleep(0.05)
        yield address
        server.terminate()


def settings(registry: str, work: Path) -> dict[str, str]:
    """Make a key; return an environment to release and to verify with."""
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {
        "COSIGN_PASSWORD": "",
        "COSIGN_KEY": str(work / "cosign.key"),
        "PUBLIC_KEY": str(work / "cosign.pub"),
        "PYTHON": sys.executable,
        "REGISTRY": registry,
        "PLAIN_HTTP": "1",
        "BASE_IMAGE": BASE,
        # Against CycloneDX's schema: 8 s each, and done for every release.
        "SBOM_OPTIONS": "--no-validate",
    }
    for name in (
        "GITHUB_REF",
        "KEYLESS",
        "COMPONENTS",
        "SOURCE",
        "REVISION",
        "IDENTITY",
        "ISSUER",
        "OVERWRITE",
        "DIST",
    ):
        environ.pop(name, None)
    run(environ, "cosign", "generate-key-pair", "--output-key-prefix", work / "cosign")
    return environ


def signing(environ: dict[str, str], work: Path) -> list[str]:
    """Return the options of cosign to sign with the key and nothing else."""
    config = work / "signing-config.json"
    run(environ, "cosign", "signing-config", "create", "--out", config)
    return ["--key", environ["COSIGN_KEY"], "--signing-config", str(config)]


def published(registry: str, blobs: Path, work: Path) -> Published:
    """Let ci/publish make a release of two images of one file each."""
    environ = settings(registry, work)
    dist = work / "dist"
    dist.mkdir()
    lines = []
    for component in ("trainer", "api"):
        image = f"{registry}/playlist-recommender-{component}:{VERSION}"
        lines.append(f"{image}\t{append(environ, work, image, component.encode() * 100)}\n")
    (dist / "images.tsv").write_text("".join(lines), encoding="utf-8")
    more = {"VERSION": VERSION, "SOURCE": SOURCE, "SOURCE_DATE_EPOCH": "1700000000"}
    printed = run(environ | more, ROOT / "ci/publish", dist).split()
    references = {reference.partition("@")[0].rpartition("/")[2]: reference for reference in printed}
    return Published(registry, blobs, dist, environ | {"SOURCE_DATE_EPOCH": "1700000000"}, references)
