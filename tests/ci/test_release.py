"""A release is what it says, and nothing else passes for one: small images, a real registry, real signatures.

The images' own build is proven on a cluster (tests/e2e/test_release.py).
"""

import hashlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = "crane", "cosign", "helm", "git"
BASE = f"docker.io/library/python:3.11-slim@sha256:{'0' * 64}"

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in NEEDED), reason=f"not all in PATH: {', '.join(NEEDED)}"
)


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

    def verify(self, *what: str | Path) -> subprocess.CompletedProcess[str]:
        command = [ROOT / "ci/verify", *what]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, check=False, timeout=60)


def _run(environ: dict[str, str], *command: str | Path) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _append(environ: dict[str, str], work: Path, image: str, content: bytes) -> str:
    """Push an image of one file; return its digest."""
    layer = work / "layer.tar"
    with tarfile.open(layer, "w") as archive:
        member = tarfile.TarInfo("app")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    command = "crane", "append", "--insecure", "--oci-empty-base", "--new_layer", str(layer), "--new_tag", image
    return _run(environ, *command).strip().partition("@")[2]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A registry's address, and where it keeps its blobs."""
    folder = tmp_path_factory.mktemp("registry")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["crane", "registry", "serve", "--address", address, "--disk", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 20
        while subprocess.run(["crane", "catalog", "--insecure", address], capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline, "the registry does not answer"
            time.sleep(0.05)
        yield address, folder / "sha256"
        server.terminate()


@pytest.fixture(scope="module")
def release(registry: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Published:
    work = tmp_path_factory.mktemp("release")
    environ = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")} | {
        "COSIGN_PASSWORD": "",
        "COSIGN_KEY": str(work / "cosign.key"),
        "PUBLIC_KEY": str(work / "cosign.pub"),
        "PYTHON": sys.executable,
        "REGISTRY": registry[0],
        "PLAIN_HTTP": "1",
        "VERSION": "0.0.1",
        "BASE_IMAGE": BASE,
        "SOURCE_DATE_EPOCH": "1700000000",
        # Against CycloneDX's schema: 8 s each, and done for every release.
        "SBOM_OPTIONS": "--no-validate",
    }
    _run(environ, "cosign", "generate-key-pair", "--output-key-prefix", work / "cosign")
    dist = work / "dist"
    dist.mkdir()
    lines = []
    for component in ("trainer", "api"):
        image = f"{registry[0]}/playlist-recommender-{component}"
        digest = _append(environ, work, f"{image}:0.0.1", component.encode() * 100)
        lines.append(f"{image}:0.0.1\t{digest}\n")
    (dist / "images.tsv").write_text("".join(lines), encoding="utf-8")
    printed = _run(environ, ROOT / "ci/publish", dist).split()
    references = {reference.partition("@")[0].rpartition("/")[2]: reference for reference in printed}
    return Published(*registry, dist, environ, references)


def _version() -> str:
    text = (ROOT / "charts/playlist-recommender/Chart.yaml").read_text(encoding="utf-8")
    found = re.search(r"^version: *(\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


def test_chart_and_what_it_names_are_verified_by_version_and_by_digest(release: Published) -> None:
    chart = release.references["playlist-recommender"].partition("@")[2]

    for wanted in (_version(), chart):
        done = release.verify(release.registry, wanted)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert [line.partition("@")[2].partition(":")[2].partition(":")[2].strip() for line in lines] == [
            "signature, provenance, content",
            "signature, SBOM, provenance, content",
            "signature, SBOM, provenance, content",
        ]
        assert all(reference.partition("@")[2] in done.stdout for reference in release.references.values())


def test_files_are_verified(release: Published) -> None:
    files = [path for path in sorted(release.dist.iterdir()) if not path.name.endswith(".sigstore.json")]

    assert {path.name for path in files} == {
        "api.cdx.json", "trainer.cdx.json", "provenance.json", f"playlist-recommender-{_version()}.tgz"
    }  # fmt: skip
    assert release.verify(*files).returncode == 0


@pytest.mark.parametrize("name", ["api.cdx.json", "trainer.cdx.json", "provenance.json", "*.tgz"])
def test_one_changed_byte_in_a_file_fails(release: Published, tmp_path: Path, name: str) -> None:
    (path,) = release.dist.glob(name)
    bundle = path.with_name(f"{path.name}.sigstore.json")
    copy = tmp_path / path.name
    shutil.copy(bundle, tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)

    done = release.verify(copy)

    assert done.returncode == 1
    assert "is not as it was signed" in done.stderr


@pytest.mark.parametrize("name", ["playlist-recommender-api", "playlist-recommender"])
def test_one_changed_byte_in_the_registry_fails(release: Published, name: str) -> None:
    """Where the registry's disk holds other bytes than the digest says."""
    manifest = json.loads(_run(release.environ, "crane", "manifest", "--insecure", release.references[name]))
    blob = release.blobs / manifest["layers"][0]["digest"].partition(":")[2]
    whole = blob.read_bytes()
    changed = bytearray(whole)
    changed[len(changed) // 2] ^= 1
    blob.write_bytes(changed)
    try:
        done = release.verify(release.registry, _version())
    finally:
        blob.write_bytes(whole)

    assert done.returncode == 1
    assert "is not as it was signed" in done.stderr


def test_other_image_or_chart_behind_the_tag_fails(release: Published, tmp_path: Path) -> None:
    """Whoever may push to the registry, but has no key."""
    chart = f"{release.registry}/charts/playlist-recommender"
    other = "127.0.0.1:1/x@sha256:" + "1" * 64
    package = tmp_path / "other.tgz"
    _run(release.environ, ROOT / "ci/release-chart", package, f"api={other}", f"trainer={other}")
    _run(release.environ, "helm", "push", "--plain-http", package, f"oci://{release.registry}/charts")
    try:
        done = release.verify(release.registry, _version())
    finally:
        signed = release.references["playlist-recommender"].partition("@")[2]
        _run(release.environ, "crane", "tag", "--insecure", f"{chart}@{signed}", _version())

    assert done.returncode == 1
    assert f"{chart}@sha256:" in done.stderr
    assert release.verify(release.registry, _version()).returncode == 0


def test_other_bytes_behind_an_image_are_another_image(release: Published, tmp_path: Path) -> None:
    """A chart that was signed names images by digest: what somebody pushes behind their tags is not asked for."""
    image = release.references["playlist-recommender-api"].partition("@")[0]
    signed = release.references["playlist-recommender-api"].partition("@")[2]
    changed = _append(release.environ, tmp_path, f"{image}:0.0.1", b"other" * 100)

    assert changed != signed
    done = release.verify(release.registry, _version())
    assert done.returncode == 0
    assert signed in done.stdout
    assert changed not in done.stdout


def test_another_key_verifies_nothing(release: Published, tmp_path: Path) -> None:
    environ = release.environ | {"PUBLIC_KEY": str(tmp_path / "other.pub")}
    _run(environ, "cosign", "generate-key-pair", "--output-key-prefix", tmp_path / "other")

    command = [ROOT / "ci/verify", release.registry, _version()]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "is not as it was signed" in done.stderr


def test_sboms_name_every_pinned_package(release: Published) -> None:
    for component in ("api", "trainer"):
        text = (ROOT / f"requirements/{component}.txt").read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([\w.-]+)==(\S+?) ", text, re.MULTILINE))
        sbom = json.loads((release.dist / f"{component}.cdx.json").read_text(encoding="utf-8"))

        assert sbom["metadata"]["component"]["name"] == f"playlist-{component}"
        assert {(found["name"], found["version"]) for found in sbom["components"]} == pinned


def test_provenance_names_commit_base_and_requirements(release: Published) -> None:
    predicate = json.loads((release.dist / "provenance.json").read_text(encoding="utf-8"))
    commit = _run(release.environ, "git", "-C", ROOT, "rev-parse", "HEAD").strip()
    found = predicate["buildDefinition"]["resolvedDependencies"]

    assert found[0]["digest"] == {"gitCommit": commit}
    base = f"pkg:oci/python@sha256%3A{'0' * 64}?repository_url=docker.io/library/python&tag=3.11-slim"
    assert found[1] == {"uri": base, "digest": {"sha256": "0" * 64}}
    for each in found[2:]:
        assert each["digest"]["sha256"] == hashlib.sha256((ROOT / each["name"]).read_bytes()).hexdigest()


def test_same_commit_makes_the_same_chart(release: Published, tmp_path: Path) -> None:
    images = [f"{name}={release.references[f'playlist-recommender-{name}']}" for name in ("trainer", "api")]
    (package,) = release.dist.glob("*.tgz")

    _run(release.environ, ROOT / "ci/release-chart", tmp_path / "again.tgz", *images)

    assert (tmp_path / "again.tgz").read_bytes() == package.read_bytes()


def test_what_no_commit_has_is_not_released(tmp_path: Path) -> None:
    """Checked before anything is built."""
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "ci", tree / "ci")
    shutil.copytree(ROOT / "charts", tree / "charts")
    shutil.copy(ROOT / "CHANGELOG.md", tree)
    for tool in ("buildah", "cyclonedx-py"):
        (tmp_path / tool).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / tool).chmod(0o755)
    (tmp_path / "python3").symlink_to(sys.executable)
    environ = os.environ | {"REGISTRY": "127.0.0.1:1", "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": "python3"}
    environ.pop("GITHUB_REF", None)
    _run(environ, "git", "init", "--quiet", tree)

    done = subprocess.run([tree / "ci/release"], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "no commit has" in done.stderr) == (64, True)

    identity = "-c", "user.name=test", "-c", "user.email=test@example.com"
    _run(environ, "git", "-C", tree, "add", "--all")
    _run(environ, "git", "-C", tree, *identity, "commit", "--quiet", "--message", "all")
    environ["GITHUB_REF"] = "refs/tags/v9.9.9"
    done = subprocess.run([tree / "ci/release"], env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "found the tag v9.9.9" in done.stderr) == (64, True)
