"""What an answer of HTTP says: an object in JSON, or in one sentence why it is none."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from playlist_client.address import shown_url
from playlist_client.answers import Json, in_json
from playlist_client.errors import ForeignAnswerError, RefusedError, UnreachableError
from playlist_client.transport import Reply

_PROBLEM_TYPE = "application/problem+json"
_LOG_IN = "it requires a login; give it as http://USER:PASSWORD@HOST"
# What a status says without words of the API's own; a proxy says most of these.
_ADVICE: Mapping[int, str] = {
    401: _LOG_IN,
    403: "it does not let this client in",
    407: "the proxy requires a login; give it in HTTP_PROXY or HTTPS_PROXY",
    429: "it gets too many requests; retry later",
    500: "retry, or see its log",
    502: "retry",
    503: "retry",
    504: "retry",
}
# Said by nothing but a proxy or a gateway, in JSON or not.
_OF_PROXIES = frozenset({407, 502, 504})
_LONGEST = 300


def json_of(reply: Reply) -> Json:
    """Return the object that an answer holds.

    Raises:
        RefusedError: a status other than 200, with the API's own words.
        ForeignAnswerError: no object in JSON, or an address below the API's.
        UnreachableError: a redirect, which is not followed: a POST would become a GET on the way; or a status that
            a proxy may say in place of the API.
    """
    where = shown_url(reply.base)
    if is_redirect(reply):
        raise UnreachableError(f"{where} {redirect(reply)}")
    try:
        values = json.loads(reply.content)
        is_json = True
    except (ValueError, RecursionError):
        values, is_json = None, False
    if _is_elsewhere(reply, values) and (above := _above(where)):
        raise ForeignAnswerError(f"{where} is not the API's address; leave out {where[len(above) :]}: --url {above}")
    if reply.status in (_ADVICE if not is_json else _OF_PROXIES) and not _is_problem(reply):
        raise UnreachableError(_refusal(reply, values))
    if not is_json:
        raise _foreign(reply, ", not JSON")
    if reply.status != HTTPStatus.OK:
        raise RefusedError(_refusal(reply, values), reply.status)
    if not isinstance(values, dict):
        raise _foreign(reply, f" with {in_json(values)}, expected an object")
    return values


def is_redirect(reply: Reply) -> bool:
    """Say whether an answer sends the client elsewhere, which it does not follow."""
    return 300 <= reply.status < 400


def redirect(reply: Reply) -> str:
    """Return where a redirect leads, and the base address to give instead if the same path is there."""
    location = reply.headers.get("Location", "")
    try:
        target = urlsplit(urljoin(reply.base + reply.path, location))._replace(query="", fragment="")
    except ValueError:
        location = ""
    if not location:
        return f"answered {named(reply.status)} without saying where to"
    base = target._replace(path=target.path.rstrip("/").removesuffix(reply.path)).geturl().rstrip("/")
    if shown_url(base) == shown_url(reply.base):
        return f"redirects {reply.path} to {shown_url(target.geturl())}, and no redirect is followed"
    if not target.path.rstrip("/").endswith(reply.path):
        return f"redirects {reply.path} to {shown_url(target.geturl())}; if the API is there, give its address as --url"
    return f"redirects to {shown_url(base)}; give that address as --url"


def named(status: int) -> str:
    """Return a status of HTTP with its phrase: ``404 Not Found``."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _foreign(reply: Reply, found: str) -> ForeignAnswerError:
    return ForeignAnswerError(
        f"{shown_url(reply.base)} is not a recommendation API: it answered {named(reply.status)}{found}"
    )


def _above(url: str) -> str:
    """Return the address above ``/api`` in a URL; empty if there is no such part in it."""
    parts = urlsplit(url)
    above, found, _ = f"{parts.path}/".partition("/api/")
    return parts._replace(path=above).geturl() if found else ""


def _is_problem(reply: Reply) -> bool:
    return reply.headers.get("Content-Type", "").partition(";")[0].strip() == _PROBLEM_TYPE


def _is_elsewhere(reply: Reply, values: object) -> bool:
    """Say whether there is nothing at a path that the API has; a song that it does not know is a 404 of its own."""
    if reply.status != HTTPStatus.NOT_FOUND:
        return False
    detail = values.get("detail") if isinstance(values, dict) else None
    return not (_is_problem(reply) and isinstance(detail, str)) or detail.startswith("There is nothing at")


def _refusal(reply: Reply, values: object) -> str:
    """Return why a request was rejected: the API's own sentence, which needs no more, or what another one says."""
    said = values if isinstance(values, dict) else {}
    detail = said.get("detail")
    if _is_problem(reply) and isinstance(detail, str) and detail:
        return detail
    words = next((said[key] for key in ("detail", "title", "error", "message") if said.get(key)), None)
    answered = f"{shown_url(reply.base)} answered {named(reply.status)}"
    if words is not None:
        text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
        return f"{answered}: {text[:_LONGEST]}"
    advice = _ADVICE.get(reply.status)
    return f"{answered}; {advice}" if advice else answered
