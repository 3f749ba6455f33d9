"""The checks: requests to send, and how to judge what comes back."""

import json
import shlex
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from playlist_client.address import shown_url
from playlist_client.answers import Answer
from playlist_client.check.judging import Finding, Judge, Outcome, is_handled, is_rejected, keeps_contract, recommends
from playlist_client.errors import UnreachableError
from playlist_client.output import counted
from playlist_client.transport import Transport

PATHS = ("/api/recommend", "/api/recommender")
_RELOAD_EVERY_S = 0.25


@dataclass(frozen=True)
class Check:
    """A request and the judge of its answer; without a body it is a GET."""

    name: str
    judge: Judge
    body: bytes | None


@dataclass(frozen=True)
class Result:
    """A check that was made.

    Attributes:
        name: what was checked.
        finding: how it ended.
        seconds: until the last byte.
        request: as a line of curl, to see it again.
    """

    name: str
    finding: Finding
    seconds: float
    request: str


def checks_with(songs: Sequence[str]) -> tuple[Check, ...]:
    """Return the checks that take one request each; ``songs`` should be some that the server knows."""
    question = _songs(list(songs))
    return (
        Check("songs are answered with songs, version, model_date", recommends, question),
        Check("the same songs again", recommends, question),
        Check("one song", keeps_contract, _songs([songs[0]])),
        Check("a song nobody knows", is_handled, _songs(["no such song 7d1f"])),
        Check("quotes, accents, emoji in a title", is_handled, _songs(['"Für" \\ \N{MUSICAL NOTE}', "<b>'"])),
        Check("an empty list of songs", is_handled, _songs([])),
        Check("songs missing", is_rejected, b"{}"),
        Check("songs is a text, not a list", is_rejected, _songs("Bohemian Rhapsody")),
        Check("songs is a list of numbers", is_rejected, _songs([1, 2])),
        Check("a list instead of an object", is_rejected, b"[]"),
        Check("a body that is not JSON", is_rejected, b"{songs:"),
        Check("GET instead of POST", is_rejected, None),
        Check("still answers after bad requests", recommends, question),
    )


class Checker:
    """Makes checks on one server; a path of the assignment is found by asking.

    Attributes:
        url: base address.
        path: that answers.
        answer: the last one that kept the contract; None before it.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self.url = url
        self.path = PATHS[0]
        self.answer: Answer | None = None
        self._transport = Transport(url, timeout_s)

    def find_path(self, songs: Sequence[str]) -> None:
        """Find out under which of its two names the server has the endpoint; raises as Transport does."""
        for path in PATHS:
            if self._transport.exchange("POST", path, body=_songs(list(songs))).status not in {404, 405}:
                self.path = path
                return

    def run(self, checks: Sequence[Check]) -> Iterator[Result]:
        """Make checks one after the other."""
        first: Answer | None = None
        for check in checks:
            result = self._result(check)
            answer = result.finding.answer
            if first and answer and check.body == checks[0].body and _differs(first, answer):
                unlike = "other songs than before, from the same model"
                result = replace(result, finding=replace(result.finding, outcome=Outcome.WARN, found=unlike))
            first = first or answer
            yield result

    def wait_for_reload(self, songs: Sequence[str], patience_s: float) -> Result:
        """Ask until model_date changes, and check each answer meanwhile."""
        check = Check("model_date changes while it is asked", keeps_contract, _songs(list(songs)))
        before = self.answer
        started = time.monotonic()
        asked, failed = 0, ""
        while before and self.answer and self.answer.model_date == before.model_date:
            if time.monotonic() - started >= patience_s:
                break
            time.sleep(_RELOAD_EVERY_S)
            finding = self._result(check).finding
            asked += 1
            failed = failed or (finding.found if finding.outcome is Outcome.FAIL else "")
        seconds = time.monotonic() - started
        outcome, found = Outcome.PASS, f"{counted(asked, 'request')} until the new model"
        if before is None:
            outcome, found = Outcome.FAIL, "no answer before it kept the contract"
        elif self.answer is None or self.answer.model_date == before.model_date:
            outcome, found = Outcome.FAIL, f"still the same after {seconds:.0f} s; was a new model published?"
        elif failed:
            outcome, found = Outcome.FAIL, f"a request failed meanwhile: {failed}"
        return Result(check.name, Finding(outcome, found, self.answer), seconds, self._curl(check))

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def _result(self, check: Check) -> Result:
        started = time.perf_counter()
        try:
            finding = check.judge(
                self._transport.exchange("GET" if check.body is None else "POST", self.path, body=check.body)
            )
        except UnreachableError as error:
            finding = Finding(Outcome.FAIL, str(error))
        self.answer = finding.answer or self.answer
        return Result(check.name, finding, time.perf_counter() - started, self._curl(check))

    def _curl(self, check: Check) -> str:
        command = ["curl", "-i", f"{shown_url(self.url)}{self.path}"]
        if check.body is not None:
            command += ["-H", "Content-Type: application/json", "-d", check.body.decode()]
        return shlex.join(command)


def _songs(songs: object) -> bytes:
    return json.dumps({"songs": songs}, ensure_ascii=False).encode()


def _differs(first: Answer, again: Answer) -> bool:
    return again.songs != first.songs and again.model_date == first.model_date
