"""The running product with its users: what edits, and faults, do to them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from tests.e2e import results
from tests.e2e.argocd import ArgoCD, State
from tests.e2e.cluster import until
from tests.e2e.edits import Change, Seen, observed
from tests.e2e.load import Load
from tests.e2e.release import FULL_NAME, Release
from tests.e2e.repository import Push, Values

_POLLED_S = 400  # kind's Argo CD looks at Git every two to three minutes
RECOVERY_S = 30
EVERY_MINUTE = {"training.reconcile.schedule": "* * * * *"}


@dataclass
class Trouble:
    """A fault while it lasts; what is left None did not happen."""

    noticed: str = ""
    failed_s: float | None = None
    recovered_s: float | None = None


@dataclass
class Product:
    """The running product; edits are pushed to it one after the other."""

    argo: ArgoCD
    release: Release
    load: Load

    def push(
        self,
        what: str,
        values: Values,
        *,
        webhook: bool = True,
        version: str | None = None,
        new_model: bool = False,
    ) -> Seen:
        """Push values, wait until they are everywhere, keep what was seen, and insist that nobody lost an answer."""
        commits: list[str] = []

        def begin() -> float:
            push = self.argo.push(values, webhook=webhook)
            commits.append(push.commit)
            return push.began

        change = Change(
            what,
            "webhook" if webhook else "polling",
            begin,
            lambda: self.argo.state().is_done(commits[0]),
            version,
            new_model,
        )
        seen = observed(change, self.release, self.load, timeout_s=120 if webhook else _POLLED_S)
        results.note(seen)
        assert seen.failed == 0, seen
        assert seen.stale == 0, seen
        return seen

    @contextmanager
    def fault(self, what: str) -> Iterator[Trouble]:
        """Let something go wrong; keep what was seen of it, and insist that nobody lost an answer."""
        began = time.time()
        trouble = Trouble()
        try:
            yield trouble
        except BaseException:
            # Whatever went wrong is no concern of the next test; nor may this hide it.
            with suppress(AssertionError):
                self.argo.wait(self.argo.push({}).commit)
            raise
        requests = self.load.between(began, time.time())
        failed = [request for request in requests if not request.is_good]
        results.note(
            results.Fault(what, trouble.noticed, trouble.failed_s, trouble.recovered_s, len(requests), len(failed))
        )
        assert not failed, failed[:3]

    def drift_and_heal(self) -> float:
        """Scale by hand, and wait until it is as Git says again; return the seconds that took."""
        release, wanted = self.release, self.release.ready()
        began = time.time()
        release.cluster.kubectl(
            "scale", f"deployment/{FULL_NAME}-api", f"--replicas={wanted + 2}", "--namespace", release.namespace
        )
        until("the Deployment is as Git says", lambda: release.deployment()["spec"]["replicas"] == wanted)
        healed_s = round(time.time() - began, 1)
        until("so are the pods", lambda: len(release.pods()) == release.ready() == wanted)
        return healed_s

    def fail(self, trouble: Trouble, values: Values) -> State:
        """Push a bad commit; gives what the Application says once its sync was given up."""
        push = self.argo.push(values)
        state = self.argo.wait_failed(push.commit)
        trouble.failed_s = round(time.time() - push.began, 1)
        return state

    def recover(self, trouble: Trouble, values: Values | None = None) -> Push:
        """Push a good commit and do nothing else; it must be there soon."""
        push = self.argo.push(values or {})
        self.argo.wait(push.commit)
        trouble.recovered_s = round(time.time() - push.began, 1)
        assert trouble.recovered_s <= RECOVERY_S
        return push
