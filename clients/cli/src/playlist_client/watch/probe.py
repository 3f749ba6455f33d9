"""One request of the instrument, and what became of it."""

import time
from dataclasses import dataclass
from http import HTTPStatus

from playlist_client.answers import Answer, read
from playlist_client.api import RECOMMEND
from playlist_client.errors import (
    ClientError,
    DroppedError,
    ForeignAnswerError,
    RefusedError,
    TimedOutError,
    UnreachableError,
)
from playlist_client.replies import json_of
from playlist_client.transport import Transport

OK = "200"
UNREACHABLE = "unreachable"
# A status for what has none: looked up by the first class that fits.
_WORDS: tuple[tuple[type[UnreachableError], str], ...] = (
    (TimedOutError, "timeout"),
    (DroppedError, "dropped"),
    (ForeignAnswerError, "invalid"),
    (UnreachableError, UNREACHABLE),
)
UNREACHABLE_WORDS = frozenset({"timeout", "dropped", UNREACHABLE})


@dataclass(frozen=True)
class Sample:
    """A request and its answer.

    Attributes:
        began: when it was due or sent, by the monotonic clock.
        latency_s: until the last byte of the answer, or until it failed.
        status: ``200`` for a good answer and for nothing else; otherwise the status of HTTP, or a word:
            ``timeout``, ``dropped``, ``unreachable``, ``invalid`` (a 200 that breaks the API's promise).
        is_fresh: whether it was to have a connection of its own rather than a kept one.
        answer: None for a failure.
        detail: of a failure, in a sentence.
        is_on_kept: whether it went over a connection that had carried a request before.
        is_from_api: whether the API answered, be it with a refusal.
    """

    began: float
    latency_s: float
    status: str
    is_fresh: bool
    answer: Answer | None = None
    detail: str = ""
    is_on_kept: bool = False
    is_from_api: bool = False

    @property
    def ended(self) -> float:
        """When the answer was whole, by the monotonic clock."""
        return self.began + self.latency_s


@dataclass(frozen=True)
class Question:
    """What is asked, and how.

    Attributes:
        url: base address.
        body: of each request.
        timeout_s: for each whole answer.
        fresh_share: of requests that open a connection of their own, 0..1, spread evenly.
    """

    url: str
    body: bytes
    timeout_s: float
    fresh_share: float


class Probe:
    """One client: sends the same question again and again, without retries; belongs to one thread."""

    def __init__(self, question: Question, phase: float) -> None:
        """Get ready; nothing is sent.

        Args:
            question: what is sent.
            phase: 0..1, other for each of several clients, so that not all of them open a connection at once.
        """
        self._question = question
        self._kept = Transport(question.url, question.timeout_s)
        self._fresh = Transport(question.url, question.timeout_s, keep_alive=False)
        self._phase = phase
        self._asked = 0
        self._is_open = False

    def ask(self, began: float) -> Sample:
        """Send one request; ``began`` is the time that it counts from."""
        before = int(self._asked * self._question.fresh_share + self._phase)
        self._asked += 1
        is_fresh = int(self._asked * self._question.fresh_share + self._phase) > before
        is_on_kept = self._is_open and not is_fresh
        try:
            reply = (self._fresh if is_fresh else self._kept).exchange("POST", RECOMMEND, body=self._question.body)
        except UnreachableError as error:
            self._is_open &= is_fresh
            word = next(word for kind, word in _WORDS if isinstance(error, kind))
            return Sample(began, time.perf_counter() - began, word, is_fresh, None, str(error), is_on_kept)
        latency_s = time.perf_counter() - began
        if not is_fresh:
            self._is_open = reply.headers.get("Connection", "").casefold() != "close"
        try:
            answer = read(Answer, json_of(reply))
        except ClientError as error:
            status = "invalid" if reply.status == HTTPStatus.OK else str(reply.status)
            is_from_api = isinstance(error, RefusedError)
            return Sample(began, latency_s, status, is_fresh, None, str(error), is_on_kept, is_from_api)
        return Sample(began, latency_s, OK, is_fresh, answer, "", is_on_kept, True)

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()
        self._fresh.close()
