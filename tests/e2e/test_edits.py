"""The three edits of values.yaml, pushed while users ask: by webhook, and found by Argo CD's own look."""

import time

import pytest
from tests.e2e import results
from tests.e2e.cluster import seconds_between
from tests.e2e.datasets import FULL, FULL_AGAIN, OTHER, SMALL, Datasets
from tests.e2e.images import Images
from tests.e2e.product import Product
from tests.e2e.report import FULL_SIZE, IDLE

short = pytest.mark.short
_WAYS = {"webhook": True, "polling": False}
both_ways = pytest.mark.parametrize("webhook", _WAYS.values(), ids=_WAYS)
both_ways_and_short = pytest.mark.parametrize(
    "webhook", [pytest.param(True, marks=short, id="webhook"), pytest.param(False, id="polling")]
)


@short
def test_first_sync_ends_with_a_model_that_answers(product: Product) -> None:
    application = product.argo.application()
    operation = application["status"]["operationState"]
    created, finished = application["metadata"]["creationTimestamp"], operation["finishedAt"]

    assert product.release.answer().model_date
    seconds = seconds_between(created, finished)
    results.note(
        results.Fact("Argo CD: from `kubectl apply` to the first sync's end, a model served", f"{seconds:.0f} s")
    )


@both_ways_and_short
def test_replicas(product: Product, webhook: bool) -> None:
    product.push("api.replicas: 2 → 5", {"api.replicas": 5}, webhook=webhook)
    assert product.release.ready() == 5

    # What goes back comes by webhook: one edit of each kind shows Argo CD's own look.
    product.push("api.replicas: 5 → 1", {"api.replicas": 1})
    assert product.release.ready() == 1

    product.push("api.replicas: 1 → 2", {})


@both_ways_and_short
def test_code(product: Product, images: Images, webhook: bool) -> None:
    product.push("api.image.tag", {"api.image.tag": images.next_version}, webhook=webhook, version=images.next_version)

    product.push("api.image.tag, back", {}, version=images.version)


@both_ways_and_short
def test_dataset(product: Product, datasets: Datasets, webhook: bool) -> None:
    # Not the same twice: a model that is kept would only be pointed at.
    url = datasets.file(FULL if webhook else FULL_AGAIN)
    seen = product.push(FULL_SIZE, {"dataset.url": url}, webhook=webhook, new_model=True)
    assert seen.reload_s is not None, "no new model was trained"

    product.push("dataset.url, back (the kept model)", {}, new_model=True)


@both_ways
def test_training_parameter(product: Product, webhook: bool) -> None:
    before = product.release.deployment()["metadata"]["generation"]

    seen = product.push(
        "training.minSupport", {"training.minSupport": 5 if webhook else 6}, webhook=webhook, new_model=True
    )

    assert seen.reload_s is not None, "no new model was trained"
    assert product.release.deployment()["metadata"]["generation"] == before, "the API's pods were replaced"
    product.push("training.minSupport, back", {}, new_model=True)


@both_ways
def test_all_three_in_one_commit(product: Product, datasets: Datasets, images: Images, webhook: bool) -> None:
    values = {
        "api.replicas": 4,
        "api.image.tag": images.next_version,
        "dataset.url": datasets.file(SMALL if webhook else OTHER),
    }

    product.push("all three at once", values, webhook=webhook, version=images.next_version, new_model=True)

    assert product.release.ready() == 4
    product.push("all three, back", {}, version=images.version, new_model=True)


@short
def test_training_again_with_nothing_new_is_over_at_once(product: Product) -> None:
    before = product.release.model_id()
    last = product.release.training()

    product.push("api.replicas: 2 → 3", {"api.replicas": 3})
    training = product.release.training()
    assert training
    assert last
    assert training.uid != last.uid
    seconds = product.release.container_seconds(training)
    results.note(results.Fact(IDLE, f"{seconds:.0f} s, counted in whole ones", seconds))
    assert product.release.model_id() == before
    product.push("api.replicas: 3 → 2", {})


def test_pods_do_not_wait_for_the_training_of_the_same_commit(product: Product, datasets: Datasets) -> None:
    slow = {"dataset.url": datasets.url(f"slow/5/{OTHER}")}
    product.push("a dataset whose server takes 5 s", slow, new_model=True)
    before = product.release.training()

    push = product.argo.push(slow | {"api.replicas": 4})
    started = product.release.next_training(before)
    while product.release.ready() < 4:
        assert time.time() < push.began + 60
        time.sleep(0.1)
    ready_s = time.time() - push.began
    assert product.release.training() == started, "the pods were ready only when the training was over"
    results.note(results.Fact("four pods ready, while the same commit's training takes 5 s more", f"{ready_s:.1f} s"))
    product.argo.wait(push.commit)
    product.push("back to the sample", {}, new_model=True)


def test_model_goes_back_by_an_edit(product: Product, datasets: Datasets) -> None:
    old = product.release.model_id()
    product.push("dataset.url: a small one", {"dataset.url": datasets.file(SMALL)}, new_model=True)

    values = {"dataset.url": datasets.file(SMALL), "training.rollbackTo": old}
    product.push("training.rollbackTo", values, new_model=True)

    assert product.release.model_id() == old
    product.push("dataset.url, back", {})
    assert product.release.model_id() == old
