"""ci/release, from a commit to a verified release, with a builder that has built already; and what it refuses.

The images' own build is proven on a cluster (tests/e2e/test_release.py).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.ci.published import CHART_VERSION, ROOT, SOURCE, VERSION, append, head, needs_tools, run, settings

pytestmark = needs_tools

# Knows what ci/images asks of it: `build …` and `manifest push … --digestfile FILE NAME oci:FOLDER/COMPONENT`.
_BUILDAH = r"""#!/bin/sh
for last; do digest_file=$name; name=$to; to=$last; done
[ "$1 $2" = "manifest push" ] || exit 0
cp -r "$BUILT/${to##*/}" "${to#oci:}"
sed 's/.*"digest": *"\([^"]*\)".*/\1/' "$BUILT/${to##*/}/index.json" | tr -d '\n' >"$digest_file"
"""


@dataclass(frozen=True)
class Tree:
    """A commit that can be released.

    Attributes:
        path: of the work tree.
        environ: to release with.
        built: the folder of what the builder gives, by component.
    """

    path: Path
    environ: dict[str, str]
    built: Path

    def release(self, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run ci/release; a variable that is "unset" is left out."""
        said = {name: value for name, value in (self.environ | environ).items() if value != "unset"}
        return subprocess.run(
            [self.path / "ci/release"], env=said, capture_output=True, text=True, check=False, timeout=120
        )

    def commit(self) -> None:
        git = "git", "-C", self.path, "-c", "user.name=test", "-c", "user.email=test@example.com"
        run(self.environ, *git, "add", "--all")
        run(self.environ, *git, "commit", "--quiet", "--message", "all")

    def build(self, component: str, content: bytes, work: Path) -> str:
        """Let the builder give this image from now on; return its digest."""
        image = f"{self.environ['REGISTRY']}/built/{component}:1"
        append(self.environ, work, image, content, head(self.environ, self.path))
        shutil.rmtree(self.built / component, ignore_errors=True)
        run(self.environ, "crane", "pull", "--insecure", "--format=oci", image, self.built / component)
        index = json.loads((self.built / component / "index.json").read_bytes())
        (self.built / component / "index.json").write_text(json.dumps(index), encoding="utf-8")
        return str(index["manifests"][0]["digest"])


@pytest.fixture(scope="module")
def tree(registry: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Tree:
    work = tmp_path_factory.mktemp("work")
    path, built = work / "tree", work / "built"
    built.mkdir()
    for folder in ("ci", "charts", "requirements"):
        shutil.copytree(ROOT / folder, path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for component in ("api", "trainer"):
        (path / "services" / component).mkdir(parents=True)
        shutil.copy(ROOT / f"services/{component}/pyproject.toml", path / f"services/{component}")
    (path / ".gitignore").write_text("dist/\n", encoding="utf-8")
    changes = f"# Changelog\n\n## {VERSION}, 2026-01-31\n\n- New.\n\n## 0.0.1\n\n- Old.\n"
    (path / "CHANGELOG.md").write_text(changes, encoding="utf-8")
    (work / "bin").mkdir()
    (work / "bin/buildah").write_text(_BUILDAH, encoding="utf-8")
    (work / "bin/buildah").chmod(0o755)
    environ = settings(registry[0], work)
    environ |= {"PATH": f"{work / 'bin'}:{environ['PATH']}", "BUILT": str(built), "SOURCE": SOURCE}
    run(environ, "git", "init", "--quiet", path)
    tree = Tree(path, environ, built)
    tree.commit()
    for component in ("api", "trainer"):
        tree.build(component, component.encode(), work)
    return tree


@pytest.mark.parametrize(("environ", "said"), [
    ({"REGISTRY": ""}, "REGISTRY is empty, expected where to push"),
    ({"REGISTRY": "https://registry.example.com/me"}, "expected it without https:// and a slash at the end"),
    ({"REGISTRY": "registry.example.com/"}, "expected it without https:// and a slash at the end"),
    ({"REGISTRY": "me"}, "found REGISTRY=me, expected"),
    ({"COMPONENTS": "api"}, "found COMPONENTS=api, expected none"),
    ({"COSIGN_KEY": ""}, "found no COSIGN_KEY, expected a key to sign with; or KEYLESS=1"),
    ({"KEYLESS": "1"}, "found COSIGN_KEY and KEYLESS, expected one of them"),
    ({"COSIGN_KEY": "../none.key"}, "COSIGN_KEY=../none.key can't be read"),
    ({"COSIGN_KEY": "../cosign.pub"}, "expected a private key and its COSIGN_PASSWORD: "),
    ({"COSIGN_PASSWORD": "other"}, "expected a private key and its COSIGN_PASSWORD: "),
    ({"COSIGN_PASSWORD": "unset"}, "COSIGN_PASSWORD is not set"),
    ({"SOURCE": ""}, "found no SOURCE, and no origin that others can read"),
    ({"SOURCE": "https://me:token@git.example.com/x"}, "found a SOURCE that is no plain URL"),
    ({"SOURCE": "https://git.example.com/a b"}, "found a SOURCE that is no plain URL"),
    ({"BASE_IMAGE": "127.0.0.1:1/python:3.11"}, "found no digest of BASE_IMAGE=127.0.0.1:1/python:3.11"),
    ({"GITHUB_REF": "refs/tags/v9.9.9"}, f"found the tag v9.9.9, expected v{VERSION}"),
    ({"REGISTRY": "127.0.0.1:1"}, "found no answer to whether 127.0.0.1:1/playlist-recommender-trainer"),
    ({"GIT_DIR": "/nowhere"}, "found no Git work tree at "),
    ({"DIST": "ci"}, "found these in DIST=ci"),
    ({"DIST": "CHANGELOG.md"}, "DIST=CHANGELOG.md is a file"),
])  # fmt: skip
def test_what_can_be_refused_is_refused_before_anything_is_built(
    tree: Tree, environ: dict[str, str], said: str
) -> None:
    done = tree.release(**environ)

    assert done.returncode
    assert said in done.stderr.splitlines()[-1]
    assert "fatal" not in done.stderr
    assert "building" not in done.stderr
    assert (tree.path / "ci/release").is_file()


@pytest.mark.parametrize(("status", "body", "exit_code"), [
    (404, '{"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}', 0),
    # As Harbor says it, and a proxy.
    (404, '{"errors": [{"code": "NOT_FOUND", "message": "artifact me/x:1 not found"}]}', 0),
    (404, "404 page not found", 0),
    (401, '{"errors": [{"code": "UNAUTHORIZED", "message": "no"}]}', 1),
    (403, '{"errors": [{"code": "DENIED", "message": "artifact not found, or denied"}]}', 1),
    (500, "not found, or something else", 1),
])  # fmt: skip
def test_no_answer_is_not_taken_for_an_unpublished_version(status: int, body: str, exit_code: int) -> None:
    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_start = self.path == "/v2/"
            content = b"" if is_start else body.encode()
            self.send_response(200 if is_start else status)
            self.send_header("Content-Type", "application/json" if body.startswith("{") else "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name = f"127.0.0.1:{server.server_port}/me/x:1"
        environ = os.environ | {"PLAIN_HTTP": "1"}
        done = subprocess.run(
            [ROOT / "ci/published", name], env=environ, capture_output=True, text=True, check=False, timeout=60
        )
        server.shutdown()

    assert (done.returncode, done.stdout) == (exit_code, ""), done.stderr
    assert ("found no answer to whether" in done.stderr) == bool(exit_code)


def test_what_no_commit_has_is_listed_and_not_released(tree: Tree) -> None:
    (tree.path / "loose.txt").touch()
    try:
        done = tree.release()
    finally:
        (tree.path / "loose.txt").unlink()

    assert (done.returncode, done.stderr.splitlines()[0]) == (64, "  ?? loose.txt")
    assert "no commit has" in done.stderr


@pytest.mark.parametrize("heading", [
    f"## {VERSION}, not released yet", f"## {VERSION}1, 2026-01-31", f"## {VERSION.replace('.', 'x')}, 2026-01-31",
    f"## {VERSION}", "## 9.9.9, 2026-01-31",
])  # fmt: skip
def test_section_of_another_version_or_without_a_date_is_refused(tmp_path: Path, heading: str) -> None:
    (tmp_path / "ci").mkdir()
    shutil.copy(ROOT / "ci/release-notes", tmp_path / "ci")
    (tmp_path / "CHANGELOG.md").write_text(f"{heading}\n\n- New.\n", encoding="utf-8")

    command = [tmp_path / "ci/release-notes", VERSION]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, f'expected the heading "## {VERSION}, YYYY-MM-DD"' in done.stderr) == (64, True)


def test_notes_are_the_section_of_that_version_alone(tree: Tree) -> None:
    assert run(tree.environ, tree.path / "ci/release-notes", VERSION).strip() == "- New."


def test_folder_with_anything_else_is_neither_emptied_nor_used(tree: Tree, tmp_path: Path) -> None:
    for name in ("api.cdx.json", "provenance.json.sigstore.json", "letters.txt", ".hidden"):
        (tmp_path / name).touch()

    done = tree.release(DIST=str(tmp_path))

    assert done.returncode == 64
    assert f"{tmp_path}/letters.txt" in done.stderr
    assert f"{tmp_path}/.hidden" in done.stderr
    assert len(list(tmp_path.iterdir())) == 4


@pytest.fixture(scope="module")
def released(tree: Tree) -> list[str]:
    done = tree.release()
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_release_is_verified_and_made_again_with_the_same_digests(tree: Tree, released: list[str]) -> None:
    commit = head(tree.environ, tree.path)
    files = [path for path in (tree.path / "dist").iterdir() if not path.name.endswith(".sigstore.json")]
    assert commit in run(tree.environ | {"REVISION": commit}, ROOT / "ci/verify", *files)

    # Over what is published, and over a folder of before; where the machine stands is no matter to the chart's time.
    again = tree.release(TZ="Asia/Tokyo")

    assert again.returncode == 0, again.stderr
    assert again.stdout.split() == released
    verify = ROOT / "ci/verify", tree.environ["REGISTRY"], CHART_VERSION
    assert commit in run(tree.environ | {"REVISION": commit}, *verify)


def test_sboms_name_every_pinned_package(tree: Tree, released: list[str]) -> None:
    for component in ("api", "trainer"):
        text = (ROOT / f"requirements/{component}.txt").read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([\w.-]+)==(\S+?) ", text, re.MULTILINE))
        sbom = json.loads((tree.path / "dist" / f"{component}.cdx.json").read_text(encoding="utf-8"))

        assert sbom["metadata"]["component"]["name"] == f"playlist-{component}"
        assert {(found["name"], found["version"]) for found in sbom["components"]} == pinned


def test_provenance_names_commit_base_and_requirements(tree: Tree, released: list[str]) -> None:
    predicate = json.loads((tree.path / "dist" / "provenance.json").read_text(encoding="utf-8"))
    commit = head(tree.environ, tree.path)
    found = predicate["buildDefinition"]["resolvedDependencies"]

    assert found[0]["digest"] == {"gitCommit": commit}
    assert found[0]["uri"] == f"git+{SOURCE}"
    base = f"pkg:oci/python@sha256%3A{'0' * 64}?repository_url=docker.io/library/python&tag=3.11-slim"
    assert found[1] == {"uri": base, "digest": {"sha256": "0" * 64}}
    for each in found[2:]:
        assert each["digest"]["sha256"] == hashlib.sha256((ROOT / each["name"]).read_bytes()).hexdigest()


def test_published_chart_of_other_bytes_stays(tree: Tree, released: list[str], tmp_path: Path) -> None:
    image = f"{tree.environ['REGISTRY']}/playlist-recommender-"
    lines = [f"{image}{name}:1\tsha256:{'1' * 64}\n" for name in ("api", "trainer")]
    (tmp_path / "images.tsv").write_text("".join(lines), encoding="utf-8")
    environ = tree.environ | {"VERSION": VERSION, "SOURCE_DATE_EPOCH": "1700000000"}

    done = subprocess.run(
        [tree.path / "ci/publish", tmp_path], env=environ, capture_output=True, text=True, check=False
    )

    assert done.returncode
    assert "published with other bytes" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} & {"provenance.json", "api.cdx.json"} == set()


def test_image_of_other_bytes_is_not_pushed_over_a_published_one(
    tree: Tree, released: list[str], tmp_path: Path
) -> None:
    other = Tree(tree.path, tree.environ | {"BUILT": str(tmp_path)}, tmp_path)
    digest = other.build("api", b"other", tmp_path)
    name = f"{tree.environ['REGISTRY']}/playlist-recommender-api:{VERSION}"
    environ = other.environ | {"IMAGE_PREFIX": name.partition("-api:")[0], "COMPONENTS": "api"}
    command = [tree.path / "ci/images", "--push"]

    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "published with other bytes" in done.stderr) == (1, True), done.stderr
    assert run(environ, "crane", "digest", "--insecure", name).strip() in released[1]

    assert run(environ | {"OVERWRITE": "1"}, *command).split("\t")[1] == digest
    run(environ, "crane", "tag", "--insecure", released[1], VERSION)


def test_version_of_another_commit_is_refused_before_anything_is_built(tree: Tree, released: list[str]) -> None:
    (tree.path / "README.md").write_text("More.\n", encoding="utf-8")
    tree.commit()

    done = tree.release()

    assert done.returncode == 64
    assert "published from another commit" in done.stderr
    assert (tree.path / "dist/provenance.json").is_file()
    # Images of a new version, and a chart whose own version was forgotten.
    chart = tree.path / "charts/playlist-recommender/Chart.yaml"
    chart.write_text(chart.read_text("utf-8").replace(f'appVersion: "{VERSION}"', 'appVersion: "9.9.9"'), "utf-8")
    (tree.path / "CHANGELOG.md").write_text("## 9.9.9, 2026-01-31\n", encoding="utf-8")
    tree.commit()

    done = tree.release()

    assert done.returncode == 64
    assert f"charts/playlist-recommender:{CHART_VERSION} published from another commit" in done.stderr


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
