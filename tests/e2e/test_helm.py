"""Helm by hand, with each Helm there is: from the first install to a reinstall on the kept volume."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from tests.chart.rendering import NO_HELM, helms
from tests.e2e import results
from tests.e2e.cluster import Cluster, timed, until
from tests.e2e.conftest import StartLoad
from tests.e2e.datasets import FULL, Datasets
from tests.e2e.edits import Change, observed
from tests.e2e.helm import Helm
from tests.e2e.images import Images
from tests.e2e.load import Load
from tests.e2e.release import FULL_NAME, Release

_NAMESPACE = "playlist-by-helm"
_NAMES = list(helms()) or ["no-helm"]


@pytest.fixture(
    scope="module",
    # The short form takes the newest alone.
    params=[pytest.param(name, marks=[pytest.mark.short] if name == _NAMES[-1] else []) for name in _NAMES],
)
def helm(request: pytest.FixtureRequest, cluster: Cluster, images: Images) -> Iterator[Helm]:
    if request.param not in helms():
        pytest.skip(NO_HELM)
    cluster.make_namespace(_NAMESPACE)
    yield Helm(str(request.param), helms()[request.param], _NAMESPACE)
    cluster.delete_namespace(_NAMESPACE)


def test_life_of_a_release(
    helm: Helm, cluster: Cluster, datasets: Datasets, images: Images, base: dict[str, object], start_load: StartLoad
) -> None:
    release = Release(cluster, _NAMESPACE)
    install_s = timed(lambda: helm.install(base))
    results.note(results.Fact(f"{helm.name} install --wait, a model served", f"{install_s:.1f} s"))
    load = start_load()
    assert release.answer().version == images.version

    assert re.search(r"Phase: +Succeeded", helm.test())
    by_helm = HelmEdits(helm, release, load)
    by_helm.make("api.replicas: 2 → 4", lambda: helm.upgrade(base | {"api.replicas": 4}))
    by_helm.make(
        "api.image.tag", lambda: helm.upgrade(base | {"api.image.tag": images.next_version}), images.next_version
    )
    full = base | {"dataset.url": datasets.file(FULL)}
    # With the tag of before: two of the three edits in one upgrade.
    by_helm.make("api.image.tag, dataset.url", lambda: helm.upgrade(full), images.version, new_model=True)
    by_helm.make("training.minSupport", lambda: helm.upgrade(full | {"training.minSupport": 0.005}), new_model=True)
    by_helm.make("helm rollback", helm.rollback, new_model=True)
    kept = release.model_id()
    load.finish()

    helm.uninstall()

    claim = f"/api/v1/namespaces/{_NAMESPACE}/persistentvolumeclaims/{FULL_NAME}-models"
    assert (cluster.get(claim) or {})["status"]["phase"] == "Bound"
    until("the pods are gone", lambda: not release.pods())
    reinstall_s = timed(lambda: helm.install(full))
    results.note(results.Fact(f"{helm.name} install on the kept volume", f"{reinstall_s:.1f} s"))
    assert release.model_id() == kept
    load = start_load()
    time.sleep(3)
    load.finish()


class HelmEdits:
    """Upgrades under load."""

    def __init__(self, helm: Helm, release: Release, load: Load) -> None:
        self._helm = helm
        self._release = release
        self._load = load

    def make(
        self, what: str, act: Callable[[], object], version: str | None = None, *, new_model: bool = False
    ) -> None:
        """Upgrade, and insist that nobody lost an answer."""

        def begin() -> float:
            began = time.time()
            act()
            return began

        change = Change(what, self._helm.name, begin, lambda: True, version, new_model)
        seen = observed(change, self._release, self._load)
        results.note(seen)
        assert seen.failed == 0
        assert seen.stale == 0
