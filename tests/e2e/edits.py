"""What a change does to those who ask meanwhile: how soon they see it, and whether they notice more than that."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.e2e.load import Latency, Load, Request
from tests.e2e.release import Answering, Release

ASIDE_S = 3.0  # of load before and after a change, to compare with
_EVERY_S = 0.1
_NEW_WITHIN_S = 20.0


@dataclass(frozen=True)
class Seen:
    """What was seen of one change; seconds count from its beginning, such as the start of `git push`.

    Attributes:
        what: was changed.
        way: by which it came.
        first_s: until the first changed answer, or the first pod more; None if nothing of the kind was to change.
        live_s: until the last answer of before, or all pods were ready.
        settled_s: until Synced and Healthy, or Helm's return.
        training_s: of the training's Job, from its start to its end; None without one.
        reload_s: from a new model's date until the last answer from the one before; None without a new model.
        requests: sent meanwhile, and in the seconds before and after.
        failed: of them.
        stale: answers of before, to requests that began when every pod was already changed.
        before: latency in the seconds before.
        during: latency from the beginning until it was settled.
        after: latency in the seconds after.
    """

    what: str
    way: str
    first_s: float | None
    live_s: float | None
    settled_s: float
    training_s: float | None
    reload_s: float | None
    requests: int
    failed: int
    stale: int
    before: Latency
    during: Latency
    after: Latency


@dataclass(frozen=True)
class Change:
    """A change, and what is to come of it.

    Attributes:
        what: is changed, for the report.
        way: by which it comes, for the report.
        begin: makes it; gives when it began, in seconds since 1970.
        is_settled: whether all is done, as far as whoever made the change can see.
        version: that answers are to have; None for that of before.
        new_model: whether answers are to come from another model.
    """

    what: str
    way: str
    begin: Callable[[], float]
    is_settled: Callable[[], bool]
    version: str | None = None
    new_model: bool = False

    def is_final(self, answering: Answering, before: Answering) -> bool:
        """Whether an answer is one of those that are to come."""
        is_right_model = (answering.model_date != before.model_date) == self.new_model
        return answering.version == (self.version or before.version) and is_right_model


@dataclass
class _Times:
    """When something was seen first, in seconds since 1970."""

    first_pod: float | None = None
    all_pods: float | None = None
    everywhere: float | None = None
    settled: float | None = None


def observed(change: Change, release: Release, load: Load, timeout_s: float = 120) -> Seen:
    """Make a change under load, wait until it is everywhere, and give what was seen of it.

    Args:
        change: to make.
        release: that is changed.
        load: that runs.
        timeout_s: until all must be done.
    """
    before = release.answer()
    ready_before = release.ready()
    time.sleep(max(0.0, load.started + ASIDE_S - time.time()))
    began = change.begin()
    times = _followed(change, release, before, ready_before, began + timeout_s)
    assert times.settled
    assert times.everywhere
    final = release.answer()
    requests = load.between(began - ASIDE_S, max(times.settled, times.everywhere) + ASIDE_S)
    moments = answered(requests, before, final, began) if final != before else (times.first_pod, times.all_pods)
    first, live = (moment and round(moment - began, 1) for moment in moments)
    training = release.training()
    return Seen(
        change.what,
        change.way,
        first,
        live,
        round(times.settled - began, 1),
        training.seconds if training else None,
        _reload_s(final, began + live) if change.new_model and live else None,
        len(requests),
        sum(not request.is_good for request in requests),
        sum(
            request.is_good and request.began > times.everywhere and request.answering != final for request in requests
        ),
        *_latencies(requests, (began, times.settled)),
    )


def _followed(change: Change, release: Release, before: Answering, ready_before: int, deadline: float) -> _Times:
    """Look at the cluster until all is done, no old pod is left and all pods answer as they are to."""
    times = _Times()
    while not (times.settled and times.everywhere):
        now = time.time()
        ready, wanted = release.ready(), release.deployment()["spec"]["replicas"]
        assert now < deadline, (
            f"not settled in time: {times}; {ready} of {wanted} pods ready; they answer {release.answering()}"
        )
        if ready != ready_before:
            times.first_pod = times.first_pod or now
        # A commit is not applied at once: the pods of before are as many as were wanted.
        if ready == wanted and times.first_pod:
            times.all_pods = times.all_pods or now
        if times.settled or change.is_settled():
            times.settled = times.settled or now
            # Only now are the pods asked: before a commit is applied, nothing tells "as it is to be" from "as it was",
            # and whoever looks should take little of the machine that is looked at.
            is_everywhere = ready == wanted == len(release.pods()) and all(
                change.is_final(each, before) for each in release.answering()
            )
            times.everywhere = time.time() if is_everywhere else None
        time.sleep(_EVERY_S)
    return times


def answered(
    requests: Sequence[Request], before: Answering, final: Answering, began: float
) -> tuple[float | None, float | None]:
    """Return when the first changed answer came, and the last that was not yet like the final ones."""
    good = [request for request in requests if request.is_good and request.began >= began]
    first = min((request.ended for request in good if request.answering != before), default=None)
    last = max((request.ended for request in good if request.answering != final), default=first)
    return first, last


def _reload_s(final: Answering, live: float) -> float | None:
    seconds = live - datetime.fromisoformat(final.model_date).timestamp()
    # A kept model that is used again is older than the change.
    return round(seconds, 1) if seconds < _NEW_WITHIN_S else None


def _latencies(requests: Iterable[Request], between: tuple[float, float]) -> tuple[Latency, Latency, Latency]:
    begin, end = between
    parts: tuple[list[Request], list[Request], list[Request]] = ([], [], [])
    for request in requests:
        parts[(request.began >= begin) + (request.began >= end)].append(request)
    return (Latency.of(parts[0]), Latency.of(parts[1]), Latency.of(parts[2]))
