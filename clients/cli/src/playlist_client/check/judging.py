"""What an answer is worth: judged by the contract of the assignment, not by what this product adds to it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from playlist_client.answers import Answer, in_json, read
from playlist_client.errors import ForeignAnswerError
from playlist_client.output import counted
from playlist_client.replies import is_redirect, named, redirect
from playlist_client.transport import JSON_TYPE, Reply


class Outcome(StrEnum):
    """How a check ended; a warning is nothing that the contract forbids."""

    PASS = "pass"  # noqa: S105 - no password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """How a check ended, and what was found, in a sentence; the answer where it kept the contract."""

    outcome: Outcome
    found: str
    answer: Answer | None = None


Judge = Callable[[Reply], Finding]


def keeps_contract(reply: Reply) -> Finding:
    """Judge an answer that has to have status 200 and the three keys."""
    try:
        answer = _answer_of(reply)
    except ForeignAnswerError as error:
        return Finding(Outcome.FAIL, str(error).removeprefix("not an answer of the recommendation API: "))
    content_type = reply.headers.get("Content-Type", "none").partition(";")[0]
    if content_type != JSON_TYPE:
        return Finding(Outcome.WARN, f"Content-Type is {content_type}, expected {JSON_TYPE}", answer)
    return Finding(Outcome.PASS, counted(len(answer.songs), "song"), answer)


def recommends(reply: Reply) -> Finding:
    """Judge an answer that should hold songs."""
    finding = keeps_contract(reply)
    if finding.outcome is Outcome.PASS and finding.answer is not None and not finding.answer.songs:
        return Finding(Outcome.WARN, "no songs; are these titles in the data set? --song names others", finding.answer)
    return finding


def is_handled(reply: Reply) -> Finding:
    """Judge the answer to songs that a server may not know what to do with: songs, or a clean refusal."""
    return _refused(reply) if 400 <= reply.status < 500 else keeps_contract(reply)


def is_rejected(reply: Reply) -> Finding:
    """Judge the answer to a request that is wrong: it has to be the client's error and not the server's."""
    if 400 <= reply.status < 500:
        return _refused(reply)
    if is_redirect(reply):
        return Finding(Outcome.WARN, f"{redirect(reply)}; 400 or 422 would say what is wrong")
    if reply.status < 400:
        return Finding(Outcome.WARN, f"accepted with {named(reply.status)}; 400 or 422 would say what is wrong")
    return Finding(Outcome.FAIL, f"{named(reply.status)}; a bad request must not be the server's error")


def _answer_of(reply: Reply) -> Answer:
    if is_redirect(reply):
        raise ForeignAnswerError(redirect(reply))
    if reply.status != HTTPStatus.OK:
        raise ForeignAnswerError(f"{named(reply.status)}, expected 200 OK")
    try:
        values = json.loads(reply.content)
    except (ValueError, RecursionError) as error:
        raise ForeignAnswerError(f"not JSON: {reply.content[:60].decode('utf-8', 'replace')!r}") from error
    if not isinstance(values, dict):
        raise ForeignAnswerError(f"JSON, but {in_json(values)} instead of an object")
    # What a server adds to the three keys is its own business.
    answer = read(Answer, {key: values[key] for key in ("songs", "version", "model_date") if key in values})
    for key in ("version", "model_date"):
        if not values[key]:
            raise ForeignAnswerError(f"{key} is empty")
    return answer


def _refused(reply: Reply) -> Finding:
    return Finding(Outcome.PASS, f"rejected with {named(reply.status)}")
