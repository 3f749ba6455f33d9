import gzip
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import (
    download,
)
from playlist_trainer.errors import DatasetError, DatasetUnavailableError

from .http_origin import BODY, BUSY, OK, QUICK, Answer, Origin, fetched, left_in


@pytest.mark.parametrize(
    "broken",
    [
        Answer(body=BODY, cut_after=9),
        Answer(body=BODY, cut_after=0),
        Answer(body=BODY, cut_after=9, chunked=True),
        Answer(body=BODY, cut_after=9, reset=True),
        Answer(body=BODY, length=len(BODY) + 1),
    ],
)
def test_truncated_transfer_is_begun_again_where_no_ranges_are_offered(
    origin: Origin, into: Path, broken: Answer
) -> None:
    headers = {"ETag": '"v1"'}
    url = origin.script("/x.csv", replace(broken, headers=headers), replace(OK, headers=headers))

    found = fetched(download(url, into, limits=QUICK))

    assert into.read_bytes() == BODY
    assert found.sha256 == hashlib.sha256(BODY).hexdigest()
    assert origin.sent("Range") == [None, None]


def test_transfer_that_stays_truncated_is_an_error_that_may_pass(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(body=BODY, cut_after=9))
    sentence = f"{url}, after 9 of {len(BODY)} bytes, broke off the connection: try again later (attempt 3 of 3)"

    with pytest.raises(DatasetUnavailableError, match=re.escape(sentence)):
        download(url, into, limits=QUICK)

    assert left_in(into) == []


def test_broken_transfer_goes_on_where_it_stopped(origin: Origin, into: Path) -> None:
    told: list[tuple[int, int | None]] = []
    url = origin.file("/x.csv", BODY, cuts=(9, 11), ETag='"v1"')

    found = fetched(download(url, into, limits=QUICK, progress=lambda *now: told.append(now)))

    assert into.read_bytes() == BODY
    assert (found.bytes, found.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert found.validators.etag == '"v1"'
    assert origin.sent("Range") == [None, "bytes=9-", "bytes=20-"]
    assert origin.sent("If-Range") == [None, '"v1"', '"v1"']
    assert (9, len(BODY)) in told
    assert told[-1] == (len(BODY), len(BODY))


def test_transfer_of_unannounced_length_goes_on_where_it_stopped(origin: Origin, into: Path) -> None:
    headers = {"ETag": '"v1"', "Accept-Ranges": "bytes"}
    rest = {**headers, "Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"}
    url = origin.script(
        "/x.csv", Answer(200, headers, BODY, chunked=True, cut_after=9), Answer(206, rest, BODY[9:], chunked=True)
    )

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY


def test_packed_transfer_goes_on_where_it_stopped(origin: Origin, into: Path) -> None:
    url = origin.file("/x", gzip.compress(BODY), cuts=(20,), ETag='"v1"', Content_Encoding="gzip")

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None, "bytes=20-"]


def test_transfer_goes_on_by_last_modified_where_there_is_no_etag(origin: Origin, into: Path) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)

    download(origin.file("/x.csv", BODY, cuts=(9,), Last_Modified=date), into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("If-Range") == [None, date]


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": 'W/"v1"'},
        {"Last-Modified": "yesterday"},
        # Not older than the answer: the file may change again within that second.
        {"Last-Modified": format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)},
        {},
    ],
)
def test_transfer_without_a_strong_validator_is_begun_again(
    origin: Origin, into: Path, headers: dict[str, str]
) -> None:
    headers = {"Accept-Ranges": "bytes", **headers}
    url = origin.script("/x.csv", Answer(200, headers, BODY, cut_after=9), Answer(200, headers, BODY))

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None, None]


def test_file_that_changed_between_two_attempts_is_begun_again(origin: Origin, into: Path) -> None:
    old = Answer(200, {"ETag": '"v1"', "Accept-Ranges": "bytes"}, b"x" * 100, cut_after=50)
    new = Answer(200, {"ETag": '"v2"', "Accept-Ranges": "bytes"}, BODY)

    found = fetched(download(origin.script("/x.csv", old, new), into, limits=QUICK))

    assert into.read_bytes() == BODY
    assert found.validators.etag == '"v2"'
    assert origin.sent("Range") == [None, "bytes=50-"]


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(206, {"Content-Range": f"bytes 8-{len(BODY) - 1}/{len(BODY)}"}, BODY[8:]),
        Answer(206, {"Content-Range": f"bytes 0-{len(BODY) - 1}/{len(BODY)}"}, BODY),
        Answer(206, {"Content-Range": f"bytes 0-{len(BODY) - 10}/{len(BODY)}"}, BODY[:-9]),
        Answer(206, {"Content-Range": f"bytes 9-{len(BODY)}/{len(BODY) + 1}"}, BODY[9:] + b"?"),
        Answer(206, {"Content-Range": f"bytes 9-{len(BODY) - 1}/*"}, BODY[9:]),
        Answer(206, {"Content-Range": f"lines 9-{len(BODY) - 1}/{len(BODY)}"}, BODY[9:]),
        Answer(206, {"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}", "ETag": '"v2"'}, BODY[9:]),
        Answer(206, {"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}", "Content-Encoding": "gzip"}, BODY[9:]),
        Answer(206, {}, BODY[9:]),
        Answer(416, {"Content-Range": "bytes */5"}),
    ],
)
def test_wrong_continuation_is_thrown_away_and_the_file_begun_again(origin: Origin, into: Path, wrong: Answer) -> None:
    first = Answer(200, {"ETag": '"v1"', "Accept-Ranges": "bytes"}, BODY, cut_after=9)

    download(origin.script("/x.csv", first, wrong, OK), into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None, "bytes=9-", None]


@pytest.mark.parametrize("rest", [b"short", BODY[9:] + b"too long"])
def test_continuation_of_the_wrong_length_is_not_accepted(origin: Origin, into: Path, rest: bytes) -> None:
    first = Answer(200, {"ETag": '"v1"', "Accept-Ranges": "bytes"}, BODY, cut_after=9)
    wrong = Answer(206, {"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"}, rest, chunked=True)

    with pytest.raises(DatasetUnavailableError, match=f", after {9 + len(rest)} of {len(BODY)} bytes, ended"):
        download(origin.script("/x.csv", first, wrong), into, limits=replace(QUICK, retries=1))

    assert left_in(into) == []


def test_error_in_between_does_not_lose_what_has_arrived(origin: Origin, into: Path) -> None:
    headers = {"ETag": '"v1"', "Accept-Ranges": "bytes"}
    rest = {"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"}
    url = origin.script("/x.csv", Answer(200, headers, BODY, cut_after=9), BUSY, Answer(206, rest, BODY[9:]))

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None, "bytes=9-", "bytes=9-"]


def test_rest_is_not_asked_from_another_url_than_the_beginning(origin: Origin, into: Path) -> None:
    headers = {"ETag": '"v1"', "Accept-Ranges": "bytes"}
    origin.script("/signed", Answer(200, headers, BODY, cut_after=9), OK)
    url = origin.script("/x.csv", *(Answer(302, {"Location": f"/signed?signature={number}"}) for number in (1, 2)))

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None] * 4


def test_rest_that_was_not_asked_for_is_not_appended(origin: Origin, into: Path) -> None:
    first = Answer(200, {"ETag": '"v1"', "Accept-Ranges": "bytes"}, BODY, cut_after=9)
    rest = Answer(206, {"Content-Range": f"bytes 9-{len(BODY) - 1}/{len(BODY)}"}, BODY[9:])
    origin.script("/other", rest)
    origin.script("/one", first)
    url = origin.script("/x.csv", Answer(302, {"Location": "/one"}), Answer(302, {"Location": "/other"}))

    with pytest.raises(DatasetError, match="answered 206"):
        download(url, into, limits=QUICK)
