"""Staging and production from one ApplicationSet: each moves by its own file, and promoting copies one to the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.e2e.argocd import ArgoCD
from tests.e2e.cluster import Cluster, Object, run, until
from tests.e2e.datasets import Datasets
from tests.e2e.images import Images
from tests.e2e.release import Release
from tests.e2e.repository import Repository, edited

NAMESPACES = {"staging": "playlist-recommender-staging", "production": "playlist-recommender"}
_SET = "playlist-recommender"
_CONTROLLER = "argocd-applicationset-controller"


def _values(environment: str) -> Path:
    return Path("argocd/environments", environment, "values.yaml")


@pytest.fixture(scope="module")
def repository(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository("environments", tmp_path_factory.mktemp("git") / "tree", {})


@pytest.fixture(scope="module")
def environments(cluster: Cluster, repository: Repository) -> Iterator[dict[str, ArgoCD]]:
    found = {
        name: ArgoCD(cluster, repository, namespace, f"playlist-recommender-{name}")
        for name, namespace in NAMESPACES.items()
    }
    for each in found.values():
        cluster.delete_namespace(each.namespace, wait=True)
    cluster.apply(repository.manifest("namespaces.yaml"), repository.manifest("project.yaml"))
    has_controller = bool(cluster.get(f"/apis/apps/v1/namespaces/argocd/deployments/{_CONTROLLER}"))
    cluster.apply(*([repository.manifest("applicationset.yaml")] if has_controller else _generated(repository)))
    for each in found.values():
        each.wait(repository.head())
    yield found
    # Otherwise the Applications would be made anew.
    cluster.kubectl("delete", "applicationset", _SET, "--namespace=argocd", "--ignore-not-found")
    for each in found.values():
        each.remove()
        cluster.delete_namespace(each.namespace)


def _generated(repository: Repository) -> list[Object]:
    """Return the Applications that Argo CD's server makes of the set, for a cluster without the set's controller."""
    made = yaml.safe_load(run(["argocd", "appset", "generate", "-o", "yaml", repository.path("applicationset.yaml")]))
    for application in made:
        application["metadata"]["namespace"] = "argocd"
    return list(made)


def _conditions(argo: ArgoCD) -> dict[str, str]:
    """Return the messages of an Application's conditions, by type."""
    return {found["type"]: found["message"] for found in argo.application()["status"].get("conditions", [])}


def _operations(argo: ArgoCD) -> int:
    return len(argo.application()["status"]["history"])


def test_namespaces_enforce_restricted(cluster: Cluster, environments: dict[str, ArgoCD]) -> None:
    for each in environments.values():
        namespace = cluster.get(f"/api/v1/namespaces/{each.namespace}")
        assert namespace
        assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_push_to_staging_leaves_production_alone_until_it_is_promoted(
    cluster: Cluster,
    repository: Repository,
    environments: dict[str, ArgoCD],
    images: Images,
    datasets: Datasets,
) -> None:
    staging, production = (environments[name] for name in ("staging", "production"))
    releases = {name: Release(cluster, each.namespace) for name, each in environments.items()}
    pods = {pod["metadata"]["uid"] for pod in releases["production"].pods()}
    operations, training = _operations(production), releases["production"].training()

    tried = {"api.replicas": 2, "api.image.tag": images.next_version, "dataset.url": datasets.new()}
    text = edited(repository.read(_values("staging")), tried | {"dataset.sha256": "0" * 64})
    bad = repository.push_files({_values("staging"): text})
    staging.tell(bad)
    staging.wait_failed(bad.commit)
    good = repository.push_files({_values("staging"): edited(text, {"dataset.sha256": ""})})
    staging.tell(good)
    staging.wait(good.commit)

    assert releases["staging"].ready() == 2
    assert releases["staging"].datasets() == {tried["dataset.url"]}
    until("production has seen the commit", lambda: production.state().revision == good.commit)
    assert (production.state().sync, _operations(production)) == ("Synced", operations)
    assert releases["production"].training() == training
    assert {pod["metadata"]["uid"] for pod in releases["production"].pods()} == pods

    promoted = repository.push_files({_values("production"): repository.read(_values("staging"))})
    production.tell(promoted)
    production.wait(promoted.commit)
    assert releases["production"].ready() == 2
    until("its model is served", lambda: releases["production"].datasets() == {tried["dataset.url"]})
    assert releases["production"].answer().version == images.next_version


def test_project_warns_of_what_no_commit_made_and_of_nothing_else(
    cluster: Cluster, environments: dict[str, ArgoCD]
) -> None:
    for each in environments.values():
        assert _conditions(each) == {}

    staging = environments["staging"]
    by_hand = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "by-hand", "namespace": staging.namespace},
    }
    cluster.apply(by_hand)
    until("Argo CD warns", lambda: "1 orphaned resource" in _conditions(staging).get("OrphanedResourceWarning", ""))
    cluster.kubectl("delete", "configmap", "by-hand", "--namespace", staging.namespace)
    until("Argo CD warns no more", lambda: _conditions(staging) == {})
