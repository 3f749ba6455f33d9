"""ci/verify passes what was released, and nothing else for it: small images, a real registry, real signatures."""

import json
import shutil
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
from tests.ci.published import (
    CHART_VERSION,
    ROOT,
    SOURCE,
    VERSION,
    Published,
    append,
    head,
    needs_tools,
    run,
    signing,
)

pytestmark = needs_tools


def _built(release: Published) -> str:
    commit = head(release.environ)
    return f"version {VERSION}, built from {SOURCE} at {commit} by urn:playlist-recommender:make-release"


def test_chart_and_what_it_names_are_verified_by_version_and_by_digest(release: Published) -> None:
    chart = release.references["playlist-recommender"].partition("@")[2]

    for wanted in (CHART_VERSION, chart):
        done = release.verify(release.registry, wanted)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        assert [line.partition("@")[2].partition(":")[2].partition(":")[2].strip() for line in lines[:3]] == [
            "signature, provenance, content",
            "signature, SBOM, provenance, content",
            "signature, SBOM, provenance, content",
        ]
        assert lines[3:] == [f"chart {CHART_VERSION}, {_built(release)}"]
        assert all(reference.partition("@")[2] in done.stdout for reference in release.references.values())


def test_files_are_verified(release: Published) -> None:
    files = [path for path in sorted(release.dist.iterdir()) if not path.name.endswith(".sigstore.json")]

    assert {path.name for path in files} == {
        "api.cdx.json", "trainer.cdx.json", "provenance.json", f"playlist-recommender-{CHART_VERSION}.tgz"
    }  # fmt: skip
    done = release.verify(*files)
    assert done.returncode == 0, done.stderr
    assert [line.partition(": signature, ")[2] for line in done.stdout.splitlines()] == [
        f"SBOM of playlist-api {VERSION}",
        f"chart playlist-recommender {CHART_VERSION}",
        f"provenance: {_built(release)}",
        f"SBOM of playlist-trainer {VERSION}",
    ]


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
    assert "does not match its" in done.stderr


@pytest.mark.parametrize("name", ["playlist-recommender-api", "playlist-recommender"])
def test_one_changed_byte_in_the_registry_fails(release: Published, name: str) -> None:
    """Where the registry's disk holds other bytes than the digest says."""
    manifest = json.loads(run(release.environ, "crane", "manifest", "--insecure", release.references[name]))
    blob = release.blobs / manifest["layers"][0]["digest"].partition(":")[2]
    whole = blob.read_bytes()
    changed = bytearray(whole)
    changed[len(changed) // 2] ^= 1
    blob.write_bytes(changed)
    try:
        done = release.verify(release.registry, CHART_VERSION)
    finally:
        blob.write_bytes(whole)

    assert done.returncode == 1
    assert "does not match its" in done.stderr


def test_other_image_or_chart_behind_the_tag_fails(release: Published, tmp_path: Path) -> None:
    """Whoever may push to the registry, but has no key."""
    chart = f"{release.registry}/charts/playlist-recommender"
    other = "127.0.0.1:1/x@sha256:" + "1" * 64
    package = tmp_path / "other.tgz"
    run(release.environ, ROOT / "ci/release-chart", package, f"api={other}", f"trainer={other}")
    run(release.environ, "helm", "push", "--plain-http", package, f"oci://{release.registry}/charts")
    try:
        done = release.verify(release.registry, CHART_VERSION)
    finally:
        signed = release.references["playlist-recommender"].partition("@")[2]
        run(release.environ, "crane", "tag", "--insecure", f"{chart}@{signed}", CHART_VERSION)

    assert done.returncode == 1
    assert f"{chart}@sha256:" in done.stderr
    assert release.verify(release.registry, CHART_VERSION).returncode == 0


def test_other_bytes_behind_an_image_are_another_image(release: Published, tmp_path: Path) -> None:
    """A chart that was signed names images by digest: what somebody pushes behind their tags is not asked for."""
    image = release.references["playlist-recommender-api"].partition("@")[0]
    signed = release.references["playlist-recommender-api"].partition("@")[2]
    changed = append(release.environ, tmp_path, f"{image}:{VERSION}", b"other" * 100)

    assert changed != signed
    done = release.verify(release.registry, CHART_VERSION)
    assert done.returncode == 0
    assert signed in done.stdout
    assert changed not in done.stdout


def test_another_key_verifies_nothing(release: Published, tmp_path: Path) -> None:
    run(release.environ, "cosign", "generate-key-pair", "--output-key-prefix", tmp_path / "other")

    done = release.verify(release.registry, CHART_VERSION, PUBLIC_KEY=str(tmp_path / "other.pub"))

    assert done.returncode == 1
    assert "does not match its" in done.stderr


def test_signed_chart_behind_another_version_fails(release: Published) -> None:
    """Whoever may push rolls users back: an older chart, with its true signature, as the newest version."""
    chart = release.references["playlist-recommender"]
    run(release.environ, "crane", "tag", "--insecure", chart, "9.9.9")

    done = release.verify(release.registry, "9.9.9")

    assert done.returncode == 1
    assert f"is the chart playlist-recommender {CHART_VERSION}, expected playlist-recommender 9.9.9" in done.stderr


@pytest.mark.parametrize(("signed", "name", "said"), [
    ("trainer.cdx.json", "api.cdx.json", "is the SBOM of playlist-trainer, expected that of playlist-api"),
    ("provenance.json", "api.cdx.json", "is the SBOM of None"),
    ("api.cdx.json", "provenance.json", "is no provenance"),
    (f"playlist-recommender-{CHART_VERSION}.tgz", "playlist-recommender-9.9.9.tgz", "expected what its name says"),
    ("api.cdx.json", "sbom.json", "expected NAME.cdx.json, NAME-VERSION.tgz or provenance.json"),
])  # fmt: skip
def test_signed_file_under_another_name_fails(
    release: Published, tmp_path: Path, signed: str, name: str, said: str
) -> None:
    shutil.copy(release.dist / signed, tmp_path / name)
    shutil.copy(release.dist / f"{signed}.sigstore.json", tmp_path / f"{name}.sigstore.json")

    done = release.verify(tmp_path / name)

    assert done.returncode
    assert said in done.stderr
    assert not done.stdout


def test_another_commit_or_repository_than_expected_fails(release: Published) -> None:
    expected = {"REVISION": head(release.environ), "SOURCE": SOURCE}
    for what in ((release.registry, CHART_VERSION), (release.dist / "provenance.json",)):
        assert release.verify(*what, **expected).returncode == 0
        for name in expected:
            done = release.verify(*what, **expected | {name: "0" * 40})
            assert (done.returncode, f"expected {name}={'0' * 40}" in done.stderr) == (1, True)
    # An SBOM alone names neither: not to compare must not look like success.
    for name, value in expected.items():
        done = release.verify(release.dist / "api.cdx.json", **{name: value})
        assert (done.returncode, "were not compared" in done.stderr) == (1, True)


def _script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return ci/verify as a module."""
    monkeypatch.syspath_prepend(ROOT / "ci")
    loader = SourceFileLoader("verify", str(ROOT / "ci/verify"))
    module = ModuleType(loader.name)
    loader.exec_module(module)
    return module


def test_labels_that_the_provenance_denies_fail(
    release: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An image with all its signatures, made with a label of another commit."""
    commit, reference = head(release.environ), release.references["playlist-recommender-api"]
    name = f"{reference.partition('@')[0]}:denied"
    label = f"--label=org.opencontainers.image.revision={'1' * 40}"
    said = run(release.environ, "crane", "mutate", "--insecure", "--tag", name, label, reference)
    denied = f"{reference.partition('@')[0]}@{said.strip().partition('@')[2]}"
    options = "--yes", "--allow-http-registry", *signing(release.environ, tmp_path)
    run(release.environ, "cosign", "sign", *options, denied)
    for kind, file in {"cyclonedx": "api.cdx.json", "slsaprovenance1": "provenance.json"}.items():
        command = "cosign", "attest", *options, "--type", kind, "--predicate", release.dist / file, denied
        run(release.environ, *command)
    monkeypatch.setenv("PLAIN_HTTP", "1")
    script = _script(monkeypatch)
    wanted = script.built("it", json.loads((release.dist / "provenance.json").read_bytes()))

    images = script.Release(release.registry, script.signer(release.environ))
    images.image(reference, wanted)
    with pytest.raises(SystemExit):
        images.image(denied, wanted)

    assert f"has the revision {'1' * 40} in its label, expected {commit}" in capsys.readouterr().err


def test_files_of_several_versions_fail(release: Published, tmp_path: Path) -> None:
    sbom = json.loads((release.dist / "api.cdx.json").read_bytes())
    sbom["metadata"]["component"]["version"] = "9.9.9"
    path = tmp_path / "api.cdx.json"
    path.write_text(json.dumps(sbom), encoding="utf-8")
    options = "--yes", *signing(release.environ, tmp_path)
    run(release.environ, "cosign", "sign-blob", *options, "--bundle", f"{path}.sigstore.json", path)

    assert release.verify(path).returncode == 0
    done = release.verify(path, release.dist / "trainer.cdx.json")
    assert (done.returncode, "found files of several versions" in done.stderr) == (1, True)


def test_what_could_not_be_looked_at_is_not_called_changed(release: Published, tmp_path: Path) -> None:
    shutil.copy(release.dist / "api.cdx.json", tmp_path)
    digest = f"sha256:{'1' * 64}"

    for what, said in {
        (release.registry, "9.9.8"): "found no chart ",
        (release.registry, digest): "found no chart ",
        ("127.0.0.1:1", CHART_VERSION): "could not be verified: ",
        ("127.0.0.1:1", digest): "could not be verified: ",
        (tmp_path / "api.cdx.json",): "could not be verified: found no api.cdx.json.sigstore.json beside it",
    }.items():
        done = release.verify(*what)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert said in done.stderr


@pytest.mark.parametrize(("words", "environ", "said"), [
    ([], {}, "found 0 arguments, expected REGISTRY VERSION"),
    (["registry.example.com/me"], {}, "found 1 argument, expected REGISTRY VERSION"),
    (["", "0.2.0"], {}, "found an empty REGISTRY, expected where"),
    (["https://registry.example.com/me", "0.2.0"], {}, "without https:// and a slash at the end"),
    (["registry.example.com/me/", "0.2.0"], {}, "without https:// and a slash at the end"),
    (["me", "0.2.0"], {}, "found REGISTRY=me, expected where"),
    (["missing.json", "0.2.0"], {}, "found no file missing.json"),
    (["registry.example.com/me", "0.2.0"], {"PUBLIC_KEY": ""}, "found neither PUBLIC_KEY nor"),
    (["registry.example.com/me", "0.2.0"], {"PUBLIC_KEY": "none.pub"}, "can't be read (No such file or directory)"),
    (["registry.example.com/me", "0.2.0"], {"PUBLIC_KEY": __file__}, "found no public key in PUBLIC_KEY="),
    (["registry.example.com/me", "0.2.0"], {"IDENTITY": "https://x"}, "expected one or the other"),
])  # fmt: skip
def test_wrong_calls_are_refused_in_one_sentence(
    release: Published, words: list[str], environ: dict[str, str], said: str
) -> None:
    done = release.verify(*words, **environ)

    assert (done.returncode, done.stderr.count("\n")) == (64, 1), done.stderr
    assert said in done.stderr


def test_private_key_is_not_taken_for_a_public_one(release: Published) -> None:
    done = release.verify(release.dist / "api.cdx.json", PUBLIC_KEY=release.environ["COSIGN_KEY"])

    assert done.returncode == 64
    assert "found a private key in PUBLIC_KEY=" in done.stderr
