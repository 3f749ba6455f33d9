"""docs/tutorial-gitops.md: its commands, as they stand there, in their order."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e import results
from tests.e2e.cluster import ROOT, Cluster, run, timed
from tests.e2e.images import Images
from tests.e2e.test_environments import NAMESPACES
from tests.e2e.test_release import environ

__all__ = ["environ"]  # a fixture: the base image stands in the registry by then

_TEXT = (ROOT / "docs/tutorial-gitops.md").read_text(encoding="utf-8")
_UPSTREAM = "https://git.example.com/playlist-recommender.git"
# Argo CD's controller of sets makes the Applications; where there is none, Argo CD's server says which.
_GENERATE = """
kubectl get deployment argocd-applicationset-controller --namespace argocd >/dev/null 2>&1 ||
    argocd appset generate -o json argocd/applicationset.yaml | python3 -c '
import json, sys
made = json.load(sys.stdin)
for each in made:
    each["metadata"]["namespace"] = "argocd"
print(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))' | kubectl apply --filename -
"""


def blocks() -> list[str]:
    """Return the shell blocks that are not marked as not run."""
    found = re.findall(r"(<!-- not run -->\n)?```sh\n(.*?)```", _TEXT, re.DOTALL)
    return [text for mark, text in found if not mark]


@pytest.fixture
def no_environments(cluster: Cluster) -> Iterator[None]:
    def remove() -> None:
        cluster.kubectl("delete", "applicationset", "--all", "--namespace=argocd")
        cluster.kubectl("delete", "application", "--all", "--namespace=argocd")
        for namespace in NAMESPACES.values():
            cluster.delete_namespace(namespace, wait=True)

    remove()
    yield
    remove()


def test_every_command_runs(
    cluster: Cluster, images: Images, environ: dict[str, str], no_environments: None, tmp_path: Path
) -> None:
    git = tmp_path / "gitconfig"
    git.write_text(f'[url "{ROOT}"]\n\tinsteadOf = {_UPSTREAM}\n[safe]\n\tdirectory = *\n', encoding="utf-8")
    script = [f"{block}{_GENERATE}" if "applicationset.yaml" in block else block for block in blocks()]
    # A pipe's failure counts, and so does that of whatever stands before the last command of a block.
    text = "\n".join(["set -euxo pipefail", *script])
    shutil.rmtree(Path(os.environ["GIT_ROOT"], "playlist-recommender.git"), ignore_errors=True)
    said: list[str] = []
    # Of the same version as what other tests, and runs before, released to this registry.
    outside = {"GIT_CONFIG_GLOBAL": str(git), "REGISTRY": environ["REGISTRY"], "OVERWRITE": "1"}

    seconds = timed(
        lambda: said.append(
            run(["bash", "-c", f"cd {tmp_path} && exec 2>&1\n{text}"], timeout_s=1500, text=None, **outside)
        )
    )

    assert "../api.cdx.json does not match its signature" in said[0]
    results.note(results.Fact("docs/tutorial-gitops.md from git clone to promoted and back", f"{seconds:.0f} s"))


def test_what_cannot_run_here_is_marked() -> None:
    marked = re.findall(r"<!-- not run -->\n```sh\n(.*?)```", _TEXT, re.DOTALL)

    assert _TEXT.count("**Not run here") == len(marked) == 2
    assert not [line for block in blocks() for line in block.splitlines() if re.search(r"\b(kind|docker) ", line)]
