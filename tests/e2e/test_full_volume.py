"""A volume without space: the model that is there goes on answering."""

from collections.abc import Iterator

import pytest
from tests.e2e import results
from tests.e2e.cluster import Cluster, CommandError, timed
from tests.e2e.conftest import NODE_PORT, StartLoad
from tests.e2e.datasets import FULL, Datasets
from tests.e2e.helm import any_helm
from tests.e2e.release import Release
from tests.e2e.volumes import tiny_claim

_NAMESPACE = "playlist-full-volume"


@pytest.fixture
def claim(cluster: Cluster) -> Iterator[str]:
    cluster.make_namespace(_NAMESPACE)
    with tiny_claim(cluster, _NAMESPACE) as name:
        yield name
        cluster.delete_namespace(_NAMESPACE)


def test_full_volume(
    claim: str, cluster: Cluster, datasets: Datasets, base: dict[str, object], start_load: StartLoad
) -> None:
    helm = any_helm(_NAMESPACE)
    release = Release(cluster, _NAMESPACE)
    values = base | {"persistence.existingClaim": claim}
    helm.install(values)
    load = start_load()
    model_id = release.model_id()
    load.first_good()

    with pytest.raises(CommandError, match="post-upgrade"):
        helm.upgrade(values | {"dataset.url": datasets.file(FULL)})

    training = release.training()
    assert training
    end = release.end_of(training)
    assert end["exitCode"] == 1
    assert "free space" in end["message"] or "No space left" in end["message"]
    assert release.model_id() == model_id
    recovered_s = round(timed(lambda: helm.upgrade(values | {"training.minSupport": 5})), 1)
    assert release.model_id() != model_id
    sums = load.finish()
    noticed = f"helm upgrade fails; Job's log and `describe`: {end['message'].strip()}"
    results.note(results.Fault("volume full", noticed, training.seconds, recovered_s, int(sums["requests"]), 0))
    assert f":{NODE_PORT}" in str(sums["url"])
