"""What goes wrong in the life of an installation: users notice nothing, operators do, a good commit cures."""

import time

import pytest
from tests.e2e.cluster import until
from tests.e2e.datasets import FULL, OTHER, SMALL, Datasets
from tests.e2e.product import EVERY_MINUTE, RECOVERY_S, Product
from tests.e2e.release import Release, Training
from tests.e2e.volumes import run_on_volume

HOOK_FAILS_WITHIN_S = 60
# Seconds of mining, and gigabytes.
TRIPLES = {"training.minSupport": 0.005, "training.maxLength": 3}


@pytest.mark.parametrize(
    ("what", "path", "words"),
    [
        pytest.param("answers 404", "status/404", "404", marks=pytest.mark.short, id="404"),
        pytest.param("answers 500", "status/500", "500", id="500"),
        pytest.param("hangs", "hang", "silent for too long", id="hangs"),
        pytest.param("sends HTML", "html", "a web page (HTML), not data", id="html"),
        pytest.param("is truncated", f"truncated/{FULL}", "broke off", id="truncated"),
        pytest.param("is empty", "empty", "empty", id="empty"),
        pytest.param("has the wrong columns", "columns", "pid", id="wrong-columns"),
    ],
)
def test_bad_dataset(product: Product, datasets: Datasets, what: str, path: str, words: str) -> None:
    release, model_id, before = product.release, product.release.model_id(), product.release.training()
    with product.fault(f"dataset {what}") as trouble:
        state = product.fail(trouble, {"dataset.url": datasets.url(path)})

        training = release.next_training(before)
        assert training.is_failed
        assert training.seconds is not None
        assert training.seconds <= HOOK_FAILS_WITHIN_S
        last_words = release.end_of(training)["message"].strip()
        assert words in last_words
        assert last_words in release.log_of(training)
        assert training.name in state.message or "Job" in state.message, state
        assert events_of(release, training.name) & {"BackoffLimitExceeded", "PodFailurePolicy"}
        trouble.noticed = f"Application Failed; Job's log and `describe`: {last_words}"
        product.recover(trouble)
        assert release.model_id() == model_id


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        pytest.param({"api.image.tag": "0.0.0-missing"}, {"ErrImagePull", "ImagePullBackOff"}, id="not-there"),
        pytest.param(
            {"api.image.repository": "localhost/playlist-recommender-trainer"},
            {"Error", "CrashLoopBackOff"},
            id="crashes",
        ),
    ],
)
def test_bad_code(product: Product, values: dict[str, object], reasons: set[str]) -> None:
    ready = product.release.ready()
    with product.fault(f"API image: {', '.join(map(str, values.values()))}") as trouble:
        push = product.argo.push(values)
        seen = until("the new pod says what is wrong", lambda: product.release.waiting_reasons() & reasons)
        time.sleep(5)

        state = product.argo.state()
        assert state.health == "Progressing"
        assert state.revision == push.commit
        assert product.release.ready() == ready
        trouble.noticed = f"Application Progressing; pod: {', '.join(sorted(seen))}"
        product.recover(trouble)


def test_training_that_meets_the_memory_limit_says_so(product: Product, datasets: Datasets) -> None:
    before = product.release.training()
    values = TRIPLES | {
        "dataset.url": datasets.file(FULL),
        "trainer.resources": {"limits": {"memory": "400Mi"}},
        "training.maxItemsets": 100_000_000,
    }
    with product.fault("trainer.resources.limits.memory too small") as trouble:
        product.fail(trouble, values)

        end = product.release.end_of(product.release.next_training(before))
        assert (end["exitCode"], end["reason"]) == (64, "Error")
        trouble.noticed = f"Application Failed; Job's log and `describe`: {end['message'].strip()}"
        product.recover(trouble)


def test_training_killed_for_its_memory(product: Product, datasets: Datasets) -> None:
    before = product.release.training()
    values = {
        "dataset.url": datasets.file(FULL),
        "trainer.resources": {"limits": {"memory": "160Mi"}},
        "training.memoryLimit": "4Gi",
    }
    with product.fault("trainer killed by the kernel (OOM)") as trouble:
        product.fail(trouble, values)

        end = product.release.end_of(product.release.next_training(before))
        assert (end["exitCode"], end["reason"]) == (137, "OOMKilled")
        trouble.noticed = "Application Failed; pod: OOMKilled, exit code 137"
        product.recover(trouble)


def test_training_killed_while_mining(product: Product, datasets: Datasets) -> None:
    release, model_id, before = product.release, product.release.model_id(), product.release.training()
    values = TRIPLES | {"dataset.url": datasets.file(FULL)}
    with product.fault("trainer killed (SIGKILL) while mining") as trouble:
        push = product.argo.push(values)
        training = release.next_training(before)
        # It says what it read, and then mines.
        until("it mines", lambda: "rows of" in log_so_far(release, training), timeout_s=30)
        pod = release.trainer(training)
        assert pod
        name = pod["metadata"]["name"]
        release.cluster.kubectl(
            "delete", "pod", name, "--namespace", release.namespace, "--grace-period=0", "--force", "--wait=false"
        )
        until("the Job fails", lambda: failed(release, training))
        trouble.failed_s = round(time.time() - push.began, 1)

        assert release.model_id() == model_id
        trouble.noticed = f"Job Failed; events: {', '.join(sorted(events_of(release, training.name)))}"
        product.recover(trouble)
        assert release.model_id() == model_id


@pytest.mark.short
def test_deleted_pod_is_replaced(product: Product) -> None:
    release = product.release
    with product.fault("API pod deleted") as trouble:
        began = time.time()
        first = release.pods()[0]["metadata"]["name"]
        wanted = release.ready()
        release.cluster.kubectl("delete", "pod", first, "--namespace", release.namespace, "--wait=false")

        until("the pod is gone", lambda: first not in {pod["metadata"]["name"] for pod in release.pods()})
        until("another is ready", lambda: release.ready() == wanted)
        trouble.recovered_s = round(time.time() - began, 1)
        trouble.noticed = "events: Killing, Scheduled, Started"


def test_pointer_destroyed_by_hand(product: Product) -> None:
    release, model_id = product.release, product.release.model_id()
    with product.fault("current.json destroyed by hand") as trouble:
        run_on_volume(release, "echo destroyed > /models/current.json")
        errors = until("every pod tells it", lambda: reload_errors(release))
        assert release.model_id() == model_id

        # A pod that starts now has nothing that it loaded before.
        deleted = release.pods()[0]["metadata"]["name"]
        wanted = release.ready()
        release.cluster.kubectl("delete", "pod", deleted, "--namespace", release.namespace, "--timeout=60s")
        until("another is ready", lambda: release.ready() == wanted)
        assert release.model_id() == model_id
        trouble.noticed = f"/api/version: {errors.pop()}"
        product.recover(trouble, {"api.replicas": 3})
        until("no pod tells it any more", lambda: not reload_errors(release, at_least_one=True))
        assert release.model_id() == model_id
    product.recover(trouble)


def test_commit_during_a_training(product: Product, datasets: Datasets) -> None:
    release, before = product.release, product.release.training()
    with product.fault("commit while a training runs") as trouble:
        product.argo.push({"dataset.url": datasets.url(f"slow/6/{OTHER}")})
        training = release.next_training(before)
        until("it runs", lambda: release.trainer(training))

        push = product.argo.push({"dataset.url": datasets.file(SMALL), "api.replicas": 3})
        product.argo.wait(push.commit)
        trouble.recovered_s = round(time.time() - push.began, 1)
        until("its model is served", lambda: release.datasets() == {datasets.file(SMALL)})
        assert release.ready() == 3
        trouble.noticed = "Application Running: waits for the training, then runs its own"
    product.recover(trouble)


@pytest.mark.short
def test_drift_is_healed_without_a_training(product: Product) -> None:
    before = product.release.training()
    with product.fault("scaled by hand") as trouble:
        trouble.recovered_s = product.drift_and_heal()
        trouble.noticed = "Application OutOfSync, then healed; no training"
        assert product.release.training() == before


def test_commit_during_a_scheduled_run_whose_download_hangs(product: Product, datasets: Datasets) -> None:
    release = product.release

    def hanging() -> list[Training]:
        return [each for each in release.scheduled_trainings() if not each.is_over and release.trainer(each)]

    with product.fault("commit while the CronJob's download hangs") as trouble:
        product.fail(trouble, EVERY_MINUTE | {"dataset.url": datasets.url("hang")})
        until("the CronJob's run has begun", hanging, timeout_s=100)

        push = product.argo.push({"dataset.url": datasets.file(OTHER)})
        product.argo.wait(push.commit)
        trouble.recovered_s = round(time.time() - push.began, 1)
        assert "another trainer holds the lock" in release.log_of(release.trainings()[-1])
        product.drift_and_heal()
        trouble.noticed = "the next commit's Job says that it waits; Succeeded and Healthy, drift is healed"
    product.argo.wait(product.argo.push({}).commit)


def test_deleted_training_is_no_drift(product: Product, datasets: Datasets) -> None:
    release, before = product.release, product.release.training()
    assert before
    with product.fault("hook Job deleted by hand") as trouble:
        release.cluster.kubectl("delete", "job", before.name, "--namespace", release.namespace, "--timeout=60s")
        time.sleep(15)
        state = product.argo.state()
        assert (state.sync, state.health) == ("Synced", "Healthy")
        assert release.training() is None

        trouble.noticed = "nothing: Synced and Healthy, no training until the next commit"
        url = datasets.new()
        product.recover(trouble, {"dataset.url": url})
        until("the next commit's model is served", lambda: release.datasets() == {url})
    product.recover(trouble)


@pytest.mark.short
def test_two_pushes_in_a_row(product: Product, datasets: Datasets) -> None:
    with product.fault("two pushes in a row") as trouble:
        product.argo.push({"dataset.url": datasets.file(OTHER), "api.replicas": 3})
        second = product.argo.push({"dataset.url": datasets.file(SMALL)})
        product.argo.wait(second.commit)
        trouble.recovered_s = round(time.time() - second.began, 1)

        until("the second one's model is served", lambda: product.release.datasets() == {datasets.file(SMALL)})
        until("its replicas too", lambda: len(product.release.pods()) == 2)
        trouble.noticed = "Application: the second commit, Succeeded"
        assert trouble.recovered_s <= RECOVERY_S
    product.recover(trouble)


def failed(release: Release, training: Training) -> bool:
    """Tell whether a Job failed; it may be gone by then, for Argo CD deletes it before it tries again."""
    now = {each.uid: each for each in release.trainings()}
    return training.uid not in now or now[training.uid].is_failed


def log_so_far(release: Release, training: Training) -> str:
    """Return what a Job has printed, empty before its container runs."""
    pod = release.trainer(training)
    return release.log_of(training) if pod and pod["status"]["phase"] == "Running" else ""


def events_of(release: Release, name: str) -> set[str]:
    """Return the reasons of the events of an object."""
    events = release.cluster.items(f"/api/v1/namespaces/{release.namespace}/events")
    return {event["reason"] for event in events if event["involvedObject"]["name"] == name}


def reload_errors(release: Release, *, at_least_one: bool = False) -> set[str]:
    """Return what the pods say of a reload that failed; empty unless all do, or one if that is enough."""
    errors = [release.said(pod).get("last_reload_error") for pod in release.pods()]
    is_enough = any(errors) if at_least_one else all(errors)
    return {error["message"] for error in errors if error} if is_enough else set()
