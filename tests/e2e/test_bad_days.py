"""Days on which something failed that no commit is to blame for: releases go on, and what failed is to be seen."""

import time

import pytest
from tests.e2e import results
from tests.e2e.cluster import until
from tests.e2e.datasets import OTHER, SMALL, Datasets
from tests.e2e.edits import answered
from tests.e2e.product import EVERY_MINUTE, Product
from tests.e2e.report import GOOD_AFTER_BAD

pytestmark = pytest.mark.short


def test_outage_of_the_datasets_server_holds_up_no_release(product: Product, datasets: Datasets) -> None:
    release, url = product.release, datasets.file(SMALL)
    product.argo.wait(product.argo.push({"dataset.url": url}).commit)
    with product.fault("the dataset's server is away, replicas edited") as trouble, datasets.away():
        push = product.argo.push({"dataset.url": url, "api.replicas": 3})

        product.argo.wait(push.commit)
        assert release.ready() == 3
        training = release.trainings()[-1]
        last_words = release.end_of(training)["message"].strip()
        assert "could not look at the dataset" in last_words
        assert last_words in release.log_of(training)
        until("every pod tells it", lambda: {one.get("outcome") for one in release.statuses()} == {"unseen"})
        pod = release.pods()[0]["metadata"]["name"]
        metrics = release.cluster.metrics_of_pod(release.namespace, pod)
        assert 'playlist_last_training{outcome="unseen"} 1.0' in metrics
        trouble.recovered_s = product.drift_and_heal()
        trouble.noticed = f"nothing: Succeeded, drift is healed; log, /api/status and metric: {last_words}"
    product.argo.wait(product.argo.push({}).commit)


def test_scheduled_run_that_meets_a_bad_dataset_fails_no_release(product: Product, datasets: Datasets) -> None:
    release = product.release
    before = {each.uid for each in release.scheduled_trainings()}
    with product.fault("CronJob meets a dataset that answers 404") as trouble:
        product.fail(trouble, EVERY_MINUTE | {"dataset.url": datasets.url("status/404")})

        run = until(
            "the CronJob has run",
            lambda: next(
                (each for each in release.scheduled_trainings() if each.uid not in before and each.is_over), None
            ),
            timeout_s=100,
        )
        assert run.is_complete
        assert "404" in release.end_of(run)["message"]
        until("every pod tells it", lambda: {one.get("outcome") for one in release.statuses()} == {"failed"})
        assert product.argo.state().health == "Healthy"
        product.recover(trouble, EVERY_MINUTE | {"dataset.url": datasets.file(OTHER)})
        product.drift_and_heal()
        trouble.noticed = "/api/status: failed; the next commit ends Succeeded and Healthy, and drift is healed"
    product.argo.wait(product.argo.push({}).commit)


def test_good_commit_need_not_wait_for_a_bad_one(product: Product, datasets: Datasets) -> None:
    release, before = product.release, product.release.training()
    answering = release.answer()
    with product.fault("good commit right after a bad one") as trouble:
        product.argo.push({"dataset.url": datasets.url("status/404")})
        release.next_training(before)

        url = datasets.new()
        push = product.recover(trouble, {"dataset.url": url})
        until("its model is served", lambda: release.datasets() == {url})
        requests = product.load.between(push.began, time.time())
        _, live = answered(requests, answering, release.answer(), push.began)
        assert live
        results.note(results.Fact(GOOD_AFTER_BAD, f"{live - push.began:.1f} s", round(live - push.began, 1)))
    product.argo.wait(product.argo.push({}).commit)


def test_argo_cd_shows_pods_with_their_logs(product: Product) -> None:
    pods = {pod["metadata"]["name"] for pod in product.release.pods()}

    seen = product.argo.seen_pods()
    assert pods <= seen.keys()
    assert all(seen[pod] for pod in pods)
