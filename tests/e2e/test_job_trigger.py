"""training.trigger: job, a plain Job for each set of inputs, which holds up no commit."""

import time

from tests.e2e import results
from tests.e2e.cluster import until
from tests.e2e.datasets import OTHER, Datasets
from tests.e2e.product import Product

_JOB = {"training.trigger": "job"}


def test_long_training_holds_up_no_commit(product: Product, datasets: Datasets) -> None:
    product.push("training.trigger: hook → job", _JOB)
    slow = _JOB | {"dataset.url": datasets.url(f"slow/9/{OTHER}")}
    before = {training.name for training in product.release.trainings()}
    product.argo.push(slow)
    until("its Job runs", lambda: {training.name for training in product.release.trainings()} - before)

    push = product.argo.push(slow | {"api.replicas": 3})
    until("three pods are ready", lambda: product.release.ready() == 3)

    ready_s = time.time() - push.began
    assert not product.release.trainings()[-1].is_over, "the commit waited for the training before it"
    results.note(
        results.Fact("trigger job: a commit's pods ready during the training of the one before", f"{ready_s:.1f} s")
    )
    product.argo.wait(push.commit)
    product.push("dataset.url, back, by Job", _JOB, new_model=True)


def test_failed_training_degrades_and_the_next_commit_cures(product: Product, datasets: Datasets) -> None:
    with product.fault("trigger job: dataset answers 404") as trouble:
        push = product.argo.push(_JOB | {"dataset.url": datasets.url("status/404")})
        state = until("the Application is degraded", lambda: degraded(product, push.commit))
        trouble.failed_s = round(time.time() - push.began, 1)
        trouble.noticed = f"Application {state}; Job Failed, with its log"

        assert product.release.trainings()[-1].is_failed
        product.recover(trouble, _JOB)


def test_back_to_the_hook(product: Product) -> None:
    product.push("training.trigger: job → hook", {})

    (training,) = product.release.trainings()
    assert training.is_complete


def degraded(product: Product, commit: str) -> str:
    """Return how a failed Job shows; empty as long as it does not."""
    state = product.argo.state()
    is_degraded = (state.health, state.revision) == ("Degraded", commit)
    return f"{state.sync}, {state.health}" if is_degraded else ""
