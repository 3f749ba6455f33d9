"""A release is what it says: small images, a real registry, real signatures.

The images' own build is proven on a cluster (tests/e2e/test_release.py).
"""

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.ci.published import ROOT, SOURCE, VERSION, Published, needs_tools, run

pytestmark = needs_tools


def test_sboms_name_every_pinned_package(release: Published) -> None:
    for component in ("api", "trainer"):
        text = (ROOT / f"requirements/{component}.txt").read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([\w.-]+)==(\S+?) ", text, re.MULTILINE))
        sbom = json.loads((release.dist / f"{component}.cdx.json").read_text(encoding="utf-8"))

        assert sbom["metadata"]["component"]["name"] == f"playlist-{component}"
        assert {(found["name"], found["version"]) for found in sbom["components"]} == pinned


def test_provenance_names_commit_base_and_requirements(release: Published) -> None:
    predicate = json.loads((release.dist / "provenance.json").read_text(encoding="utf-8"))
    commit = run(release.environ, "git", "-C", ROOT, "rev-parse", "HEAD").strip()
    found = predicate["buildDefinition"]["resolvedDependencies"]

    assert found[0]["digest"] == {"gitCommit": commit}
    assert found[0]["uri"] == f"git+{SOURCE}"
    base = f"pkg:oci/python@sha256%3A{'0' * 64}?repository_url=docker.io/library/python&tag=3.11-slim"
    assert found[1] == {"uri": base, "digest": {"sha256": "0" * 64}}
    for each in found[2:]:
        assert each["digest"]["sha256"] == hashlib.sha256((ROOT / each["name"]).read_bytes()).hexdigest()


def test_same_commit_makes_the_same_chart(release: Published, tmp_path: Path) -> None:
    images = [f"{name}={release.references[f'playlist-recommender-{name}']}" for name in ("trainer", "api")]
    (package,) = release.dist.glob("*.tgz")

    run(release.environ, ROOT / "ci/release-chart", tmp_path / "again.tgz", *images)

    assert (tmp_path / "again.tgz").read_bytes() == package.read_bytes()


@pytest.mark.parametrize(("words", "said"), [
    (["ci/publish"], "publish: found no images.tsv in no folder, expected DIST"),
    (["ci/publish", "ci"], "publish: found no images.tsv in ci, expected DIST"),
    (["ci/provenance"], "provenance: found no SOURCE in the environment"),
    (["env", "SOURCE=x", "VERSION=1", "BASE_IMAGE=python:3", "ci/provenance"], "expected it with a digest"),
    (["ci/release-chart", "x.tgz", f"api=x@sha256:{'1' * 64}"], "expected api=… and trainer=…@sha256:…"),
    (["ci/release-chart", "x.tgz", "api=x", "trainer=x"], "expected api=… and trainer=…@sha256:…"),
    (["ci/release-chart", "x.tgz", *(f"{name}=x@sha256:{'1' * 64}" for name in ("api", "trainer"))],
     "found no SOURCE_DATE_EPOCH"),
])  # fmt: skip
def test_each_part_alone_says_what_it_wants(words: list[str], said: str) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    done = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode != 0, done.stderr.count("\n")) == (True, 1), done.stderr
    assert said in done.stderr


def test_published_chart_of_other_bytes_stays(release: Published, tmp_path: Path) -> None:
    image = f"{release.registry}/playlist-recommender-"
    lines = [f"{image}{name}:1\tsha256:{'1' * 64}\n" for name in ("api", "trainer")]
    (tmp_path / "images.tsv").write_text("".join(lines), encoding="utf-8")
    environ = release.environ | {"SOURCE": SOURCE, "VERSION": VERSION}

    done = subprocess.run([ROOT / "ci/publish", tmp_path], env=environ, capture_output=True, text=True, check=False)

    assert done.returncode
    assert "published with other bytes" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} & {"provenance.json", "api.cdx.json"} == set()
