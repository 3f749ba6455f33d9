"""From the release before to this one and back, under load, by each Helm and by Argo CD: the model stays."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.chart.rendering import CHART, NO_HELM, helms
from tests.e2e import results
from tests.e2e.argocd import ArgoCD
from tests.e2e.cluster import ROOT, Cluster, until
from tests.e2e.conftest import NAMESPACE, StartLoad
from tests.e2e.edits import Change, observed
from tests.e2e.helm import Helm, app_version
from tests.e2e.load import Load
from tests.e2e.release import FULL_NAME, Release
from tests.e2e.repository import Push, Repository

_BY_HELM = "playlist-upgrade"
_CHART = Path("charts/playlist-recommender")


class Upgrades:
    """Changes of the whole product, under load."""

    def __init__(self, release: Release, load: Load, way: str) -> None:
        self._release = release
        self._load = load
        self._way = way

    def make(self, what: str, version: str, begin: Callable[[], float], is_settled: Callable[[], bool]) -> str:
        """Upgrade, insist that nobody lost an answer and that no model did; return the model in the end."""
        before = self._release.answer()
        kept = self._models() | {self._release.model_id()}
        # Either version learns in its own way, or goes back to what it learned before.
        change = Change(what, self._way, begin, is_settled, version, new_model=True)
        seen = observed(change, self._release, self._load, timeout_s=180)
        results.note(seen)
        assert seen.failed == 0, seen
        assert seen.stale == 0, seen
        assert kept <= self._models()
        crossed = {request.answering for request in self._load.between(self._load.started, time.time() - 1)}
        assert all(answering.model_date for answering in crossed)
        assert before in crossed
        return self._release.model_id()

    def _models(self) -> set[str]:
        """The models on the volume, by id."""
        listed = self._release.cluster.kubectl(
            "exec", f"deployment/{FULL_NAME}-api", "--namespace", self._release.namespace, "--",
            "python", "-c", "import os; print(*os.listdir('/models/models'))",
        )  # fmt: skip
        return set(listed.split())


@pytest.fixture(params=list(helms()) or ["no-helm"])
def helm(request: pytest.FixtureRequest, cluster: Cluster, previous: Path) -> Iterator[Helm]:
    if request.param not in helms():
        pytest.skip(NO_HELM)
    cluster.make_namespace(_BY_HELM)
    yield Helm(str(request.param), helms()[request.param], _BY_HELM, previous / _CHART)
    cluster.delete_namespace(_BY_HELM)


def test_by_helm(helm: Helm, previous: Path, cluster: Cluster, base: dict[str, object], start_load: StartLoad) -> None:
    old, new = app_version(previous / _CHART), app_version(CHART)
    release = Release(cluster, _BY_HELM)
    values = base | {"api.replicas": 2}
    helm.install(values)
    load = start_load()
    upgrades = Upgrades(release, load, helm.name)
    first = release.model_id()
    first_date = release.answer().model_date

    def upgrade() -> float:
        began = time.time()
        Helm(helm.name, helm.path, helm.namespace).upgrade(values)
        return began

    second = upgrades.make(f"{old} → {new}", new, upgrade, lambda: True)
    assert second != first
    # Helm waits for the pods before the hook trains: until then the new code answered from the old model.
    taken_over = [
        request for request in load.between(load.started, time.time() - 1) if request.answering.version == new
    ]
    assert any(request.answering.model_date == first_date for request in taken_over)

    def back() -> float:
        began = time.time()
        helm.rollback()
        return began

    assert upgrades.make(f"{new} → {old}, helm rollback", old, back, lambda: True) == first
    load.finish()


def test_by_argo_cd(
    previous: Path,
    cluster: Cluster,
    base: dict[str, object],
    start_load: StartLoad,
    tmp_path: Path,
) -> None:
    old, new = app_version(previous / _CHART), app_version(CHART)
    values = base | {"api.replicas": 2}
    repository = Repository("upgrade", tmp_path / "tree", values, previous)
    argo = ArgoCD(cluster, repository, NAMESPACE)
    argo.remove()
    cluster.make_namespace(NAMESPACE)
    release = Release(cluster, NAMESPACE)
    argo.bootstrap()
    argo.wait(repository.head())
    until("all pods are ready", lambda: release.ready() == 2)
    upgrades = Upgrades(release, start_load(), "webhook")
    first = release.model_id()
    pushes: list[Push] = []

    def merge(product: Path) -> float:
        pushes.append(repository.merge(product, values))
        argo.tell(pushes[-1])
        # The manifests are of the new version, too.
        argo.bootstrap()
        return pushes[-1].began

    def is_settled() -> bool:
        return argo.state().is_done(pushes[-1].commit)

    second = upgrades.make(f"{old} → {new}", new, lambda: merge(ROOT), is_settled)
    assert second != first
    assert upgrades.make(f"{new} → {old}", old, lambda: merge(previous), is_settled) == first
    argo.remove()
    cluster.delete_namespace(NAMESPACE)
