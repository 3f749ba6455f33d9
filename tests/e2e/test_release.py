"""A release as `make release` makes it, and the cluster that runs what was verified and nothing else."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.chart.rendering import CHART
from tests.e2e import results
from tests.e2e.argocd import APPLICATION, ArgoCD
from tests.e2e.cluster import ROOT, Cluster, CommandError, run, timed, until
from tests.e2e.conftest import NAMESPACE, StartLoad
from tests.e2e.helm import app_version, chart_version
from tests.e2e.release import Release
from tests.e2e.repository import Repository

_NEEDED = "buildah", "crane", "cosign", "helm"
_BASE = "docker.io/library/python:3.11-slim"
_PLACEHOLDER = "registry.example.com"


@dataclass(frozen=True)
class Made:
    """What `make release` made.

    Attributes:
        tree: a clone of this commit, in which it ran.
        environ: with which.
        references: of the two images and the chart, by digest, by last name.
    """

    tree: Path
    environ: dict[str, str]
    references: dict[str, str]

    def digest(self, name: str) -> str:
        return self.references[name].partition("@")[2]


@pytest.fixture(scope="module")
def environ(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What ci/release and ci/verify read: a key of this test's own, and a base by digest in this registry."""
    missing = [name for name in _NEEDED if not shutil.which(name)]
    if missing or not os.environ.get("REGISTRY"):
        pytest.skip(f"set REGISTRY to one without TLS that the nodes pull from, and have {', '.join(_NEEDED)} in PATH")
    registry = os.environ["REGISTRY"]
    try:
        run(["crane", "catalog", "--insecure", registry])
    except CommandError:
        pytest.skip(f"no registry answers at REGISTRY={registry}")
    prefix = tmp_path_factory.mktemp("key") / "cosign"
    run(["cosign", "generate-key-pair", "--output-key-prefix", prefix], COSIGN_PASSWORD="")
    base = os.environ.get("BASE_IMAGE", _BASE)
    if not run(["buildah", "images", "--quiet", "--filter", f"reference={base}"]).strip():
        run(["buildah", "pull", base])
    name = f"{registry}/library/python:3.11-slim"
    run(["buildah", "push", "--tls-verify=false", base, f"docker://{name}"])
    return {
        "REGISTRY": registry, "PLAIN_HTTP": "1", "BASE_IMAGE": name, "BUILD_OPTIONS": "--tls-verify=false",
        "COSIGN_PASSWORD": "", "COSIGN_KEY": f"{prefix}.key", "PUBLIC_KEY": f"{prefix}.pub",
        "SOURCE": "https://git.example.com/playlist-recommender",
        # A registry outlives a run, and keeps what another commit released under this version.
        "OVERWRITE": "1",
    }  # fmt: skip


@pytest.fixture(scope="module")
def made(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Made:
    tree = tmp_path_factory.mktemp("release") / "tree"
    run(["git", "clone", "--quiet", ROOT, tree])
    date_changelog(tree)
    printed: list[str] = []
    seconds = timed(lambda: printed.extend(_make(tree, environ, "release")))
    results.note(results.Fact("make release: two images, chart, SBOMs, signatures", f"{seconds:.0f} s"))
    found = [line for line in printed if "@sha256:" in line]
    references = {line.partition("@")[0].rpartition("/")[2]: line for line in found}
    assert len(references) == 3, printed
    return Made(tree, environ, references)


def date_changelog(tree: Path) -> None:
    """Commit what makes a version ready for its release."""
    path = tree / "CHANGELOG.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace(", not released yet\n", ", 2026-01-31\n"), encoding="utf-8"
    )
    git = "git", "-C", tree, "-c", "user.name=test", "-c", "user.email=test@example.com"
    if run([*git, "status", "--porcelain"]).strip():
        run([*git, "commit", "--quiet", "--all", "--message", "changelog: dated"])


def _make(tree: Path, environ: dict[str, str], *words: str) -> list[str]:
    command = "make", "--no-print-directory", "-C", str(tree), *words, f"REGISTRY={environ['REGISTRY']}"
    return _run(environ, *command).splitlines()


def _run(environ: dict[str, str], *command: str) -> str:
    return run(["env", *(f"{name}={value}" for name, value in environ.items()), *command], timeout_s=1800)


def test_release_is_verified_as_a_user_would(made: Made) -> None:
    commit = run(["git", "-C", made.tree, "rev-parse", "HEAD"]).strip()
    environ = made.environ | {"REVISION": commit}

    lines = _make(made.tree, environ, "verify")

    assert len(lines) == 4
    assert all(any(digest in line for line in lines) for digest in map(made.digest, made.references))
    assert f"built from {made.environ['SOURCE']} at {commit} by " in lines[3]
    files = [str(path) for path in sorted((made.tree / "dist").glob("*")) if not path.name.endswith(".sigstore.json")]
    assert len(_run(environ, str(ROOT / "ci/verify"), *files).splitlines()) == 4


def test_labels_say_where_an_image_comes_from(made: Made) -> None:
    commit = run(["git", "-C", made.tree, "rev-parse", "HEAD"]).strip()
    for component in ("api", "trainer"):
        reference = made.references[f"playlist-recommender-{component}"]
        labels = json.loads(run(["crane", "config", "--insecure", reference]))["config"]["Labels"]
        found = {key.removeprefix("org.opencontainers.image."): value for key, value in labels.items()}
        assert found["revision"] == commit
        assert found["source"] == made.environ["SOURCE"]
        assert found["version"] == app_version(CHART)
        assert found["created"].endswith("Z")
        assert found["base.name"].startswith(f"{made.environ['BASE_IMAGE']}@sha256:")
        layers = json.loads(run(["crane", "manifest", "--insecure", "--platform", "linux/amd64", reference]))["layers"]
        size = sum(layer["size"] for layer in layers) / 1e6
        results.note(
            results.Fact(f"image of the {component}, as a node pulls it", f"{size:.0f} MB in {len(layers)} layers")
        )


def test_same_commit_and_base_give_the_same_digests(made: Made) -> None:
    base = made.environ["BASE_IMAGE"]
    # One of them, as the other is built by the same lines.
    again = made.environ | {
        "COMPONENTS": "api",
        "IMAGE_PREFIX": f"{made.environ['REGISTRY']}/again/playlist-recommender",
        "BASE_IMAGE": f"{base}@{run(['crane', 'digest', '--insecure', base]).strip()}",
    }

    printed = _run(again, str(made.tree / "ci/images"), "--push")

    for line in printed.splitlines():
        name, digest = line.split("\t")[:2]
        assert digest == made.digest(name.rpartition("/")[2].partition(":")[0])


def test_one_changed_byte_fails(made: Made, tmp_path: Path) -> None:
    """In the chart and in an SBOM, as files; in the registry: tests/ci/test_release.py."""
    for name in (f"playlist-recommender-{chart_version(CHART)}.tgz", "api.cdx.json"):
        path = made.tree / "dist" / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        (tmp_path / name).write_bytes(content)
        shutil.copy(f"{path}.sigstore.json", tmp_path)
        with pytest.raises(CommandError, match="does not match its signature"):
            _run(made.environ, str(ROOT / "ci/verify"), str(tmp_path / name))


def test_image_with_one_changed_byte_fails(made: Made) -> None:
    """Somebody who may push puts another image behind the name, and a chart that names it behind the version."""
    repository = made.references["playlist-recommender-api"].partition("@")[0]
    other = run(["crane", "mutate", "--insecure", "--label", "x=y", made.references["playlist-recommender-api"],
                 "--tag", f"{repository}:other", "--platform", "linux/amd64"]).strip()  # fmt: skip
    with pytest.raises(CommandError, match=r"no signatures found|no matching"):
        run(["cosign", "verify", "--key", made.environ["PUBLIC_KEY"], "--insecure-ignore-tlog=true",
             "--allow-http-registry", other])  # fmt: skip


@pytest.fixture(scope="module")
def installed(
    made: Made, cluster: Cluster, base: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ArgoCD]:
    """The signed chart, installed by its digest from the registry; values come from Git."""
    registry = made.environ["REGISTRY"]
    repository = Repository("from-oci", tmp_path_factory.mktemp("git") / "tree", {})
    argo = ArgoCD(cluster, repository, NAMESPACE)
    argo.remove()
    cluster.make_namespace(NAMESPACE)
    secret = {
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {
            "name": "releases", "namespace": "argocd", "labels": {"argocd.argoproj.io/secret-type": "repository"}
        },
        "stringData": {
            "type": "oci", "url": f"oci://{registry}/charts/playlist-recommender", "insecureOCIForceHttp": "true"
        },
    }  # fmt: skip
    text = repository.manifest("application-oci.yaml").replace(_PLACEHOLDER, registry)
    version = f"targetRevision: {chart_version(CHART)}"
    assert version in text
    text = text.replace(version, f"targetRevision: {made.digest('playlist-recommender')}")
    ports = json.dumps([{"name": name, "value": str(value)} for name, value in base.items()])
    text = text.replace("releaseName: recommender", f"releaseName: recommender\n        parameters: {ports}")
    project = repository.manifest("project.yaml").replace(_PLACEHOLDER, registry)
    cluster.apply(secret, repository.manifest("namespaces.yaml"), project, text)
    yield argo
    argo.remove()
    cluster.kubectl("delete", "secret", "releases", "--namespace=argocd")
    cluster.delete_namespace(NAMESPACE)


def _wait(cluster: Cluster, chart: str, commit: str) -> None:
    """Wait until the sync of a chart and of a commit of values is done."""
    path = f"/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/{APPLICATION}"
    seen: list[object] = []

    def is_done() -> bool:
        status = (cluster.get(path) or {}).get("status", {})
        operation = status.get("operationState", {})
        seen[:] = [status.get("conditions"), status.get("sync", {}).get("revisions"), operation.get("message")]
        return (
            (status.get("sync", {}).get("status"), status.get("health", {}).get("status")) == ("Synced", "Healthy")
            and operation.get("phase") == "Succeeded"
            and operation["syncResult"]["revisions"] == [chart, commit]
        )

    try:
        until("the release is installed", is_done, timeout_s=180)
    except AssertionError as error:
        raise AssertionError(f"{error}: {seen}") from None


def test_cluster_runs_the_signed_chart_and_images_by_digest(
    installed: ArgoCD, made: Made, cluster: Cluster, start_load: StartLoad
) -> None:
    chart = made.digest("playlist-recommender")
    _wait(cluster, chart, installed.repository.head())
    release = Release(cluster, NAMESPACE)
    assert release.answer().version == app_version(CHART)
    assert release.answer().model_date

    for component, name in {"api": "api", "training": "trainer"}.items():
        digest = made.digest(f"playlist-recommender-{name}")
        pods = release.pods(component)
        assert pods
        for pod in pods:
            assert pod["spec"]["containers"][0]["image"].endswith(f"@{digest}")
            assert pod["status"]["containerStatuses"][0]["imageID"].endswith(f"@{digest}")

    load = start_load()
    push = installed.repository.push({"api.replicas": 3})
    installed.tell(push)
    _wait(cluster, chart, push.commit)
    until("three pods are ready", lambda: release.ready() == 3)
    load.finish()
