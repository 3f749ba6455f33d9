import gzip
import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from playlist_trainer.dataset.download import (
    Downloaded,
    Validators,
    download,
    url_key,
)
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, TransientError

from .http_origin import BODY, OK, QUICK, Answer, Origin, fetched, left_in

PACKED = gzip.compress(BODY)


def test_file_is_stored_with_its_size_hash_type_and_validators(origin: Origin, into: Path) -> None:
    headers = {"Content-Type": "text/csv", "ETag": '"v1"', "Last-Modified": "Sat, 22 Nov 2025 10:00:00 GMT"}
    url = origin.script("/x.csv", Answer(200, headers, BODY))

    found = fetched(download(url, into, limits=QUICK))

    assert into.read_bytes() == BODY
    assert found == Downloaded(
        into,
        len(BODY),
        hashlib.sha256(BODY).hexdigest(),
        "text/csv",
        Validators(url_key(url), '"v1"', "Sat, 22 Nov 2025 10:00:00 GMT"),
    )
    assert left_in(into) == ["dataset"]


def test_empty_file_is_a_file(origin: Origin, into: Path) -> None:
    found = fetched(download(origin.script("/x.csv", Answer()), into, limits=QUICK))

    assert (into.read_bytes(), found.bytes) == (b"", 0)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=BODY, chunked=True),
        Answer(body=BODY, length=-1),
        Answer(200, {"Content-Length": "5"}, BODY, chunked=True),  # chunks go before Content-Length
        Answer(200, {"Content-Length": "9" * 5000}, BODY, length=-1),
    ],
    ids=["chunked", "until the end", "chunked with a length", "no number"],
)
def test_file_of_unannounced_length_is_stored(origin: Origin, into: Path, answer: Answer) -> None:
    download(origin.script("/x.csv", answer), into, limits=QUICK)

    assert into.read_bytes() == BODY


def test_query_reaches_the_server_and_user_info_becomes_basic_authentication(origin: Origin, into: Path) -> None:
    origin.script("/x.csv", OK)

    download(f"http://me:p%40ss@127.0.0.1:{origin.port}/x.csv?a=1&b=%2F#top", into, limits=QUICK)

    assert origin.requests[0].target == "/x.csv?a=1&b=%2F"
    assert origin.sent("Authorization") == [f"Basic {b64encode(b'me:p@ss').decode()}"]


def test_authorization_of_the_headers_goes_before_user_info(origin: Origin, into: Path) -> None:
    origin.script("/x.csv", OK)

    download(f"http://me:pass@127.0.0.1:{origin.port}/x.csv", into, limits=QUICK, headers={"authorization": "Bearer 1"})

    assert [v for n, v in origin.requests[0].headers.items() if n.lower() == "authorization"] == ["Bearer 1"]


def test_progress_is_told_bytes_received_and_total(origin: Origin, into: Path) -> None:
    told: list[tuple[int, int | None]] = []

    download(origin.script("/x.csv", OK), into, limits=QUICK, progress=lambda *now: told.append(now))
    download(
        origin.script("/y.csv", Answer(body=BODY, chunked=True)),
        into,
        limits=QUICK,
        progress=lambda *now: told.append(now),
    )

    assert told[0][1] == len(BODY)
    assert (len(BODY), len(BODY)) in told
    assert told[-1] == (len(BODY), None)


def test_failure_leaves_an_older_file_as_it_was(origin: Origin, into: Path) -> None:
    into.write_bytes(b"older")

    with pytest.raises(DatasetUnavailableError):
        download(origin.script("/x.csv", Answer(body=BODY, cut_after=5)), into, limits=QUICK)

    assert into.read_bytes() == b"older"
    assert left_in(into) == ["dataset"]


def test_interrupted_download_leaves_nothing(origin: Origin, into: Path) -> None:
    def interrupt(received: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(origin.script("/x.csv", OK), into, limits=QUICK, progress=interrupt)

    assert left_in(into) == []


def test_folder_that_cannot_be_written_is_told_as_such(origin: Origin, tmp_path: Path) -> None:
    into = tmp_path / "missing" / "dataset"

    with pytest.raises(TransientError, match=re.escape(f"{into}.part: No such file or directory; ")):
        download(origin.script("/x.csv", OK), into, limits=QUICK)


def test_gzip_file_is_stored_as_it_is(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv.gz", Answer(200, {"Content-Type": "application/gzip"}, PACKED))

    download(url, into, limits=QUICK, headers={"accept-encoding": "gzip"})

    assert into.read_bytes() == PACKED
    assert origin.sent("Accept-Encoding") == ["identity"]


def test_body_packed_for_the_transfer_is_unpacked(origin: Origin, into: Path) -> None:
    packed = gzip.compress(BODY[:10]) + gzip.compress(BODY[10:])

    found = fetched(
        download(origin.script("/x", Answer(200, {"Content-Encoding": "GZip"}, packed)), into, limits=QUICK)
    )

    assert into.read_bytes() == BODY
    assert (found.bytes, found.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert left_in(into) == ["dataset"]


@pytest.mark.parametrize(
    "damaged",
    [PACKED[:-9], PACKED[:-8] + bytes(8), PACKED[:10] + b"\xff" * 20, BODY],
    ids=["cut short", "wrong checksum", "wrong inside", "not packed"],
)
def test_packed_body_that_is_damaged_is_fetched_anew(origin: Origin, into: Path, damaged: bytes) -> None:
    headers = {"Content-Encoding": "gzip", "ETag": '"v1"', "Accept-Ranges": "bytes"}
    url = origin.script("/x", Answer(200, headers, damaged, length=-1), Answer(200, headers, PACKED))

    download(url, into, limits=QUICK)

    assert into.read_bytes() == BODY
    assert origin.sent("Range") == [None, None]


def test_size_limit_holds_for_what_a_packed_body_becomes(origin: Origin, into: Path) -> None:
    bomb = Answer(200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(5_000_000)))

    with pytest.raises(DatasetError, match=r"over the limit of 100000: raise dataset\.maxBytes / "):
        download(origin.script("/x", bomb), into, limits=replace(QUICK, max_bytes=100_000))

    assert left_in(into) == []


def test_body_packed_in_another_way_is_refused(origin: Origin, into: Path) -> None:
    url = origin.script("/x", Answer(200, {"Content-Encoding": "br"}, b"?"))

    with pytest.raises(DatasetError, match="Content-Encoding 'br', expected none or gzip"):
        download(url, into, limits=QUICK)

    assert len(origin.requests) == 1


@pytest.mark.parametrize("answer", [OK, replace(OK, chunked=True), replace(OK, length=-1)])
def test_file_over_the_limit_is_refused_and_removed(origin: Origin, into: Path, answer: Answer) -> None:
    url = origin.script("/x.csv", answer)
    limits = replace(QUICK, max_bytes=len(BODY) - 1)
    sentence = (
        f"{url} has at least {len(BODY)} bytes, over the limit of {len(BODY) - 1}: "
        "raise dataset.maxBytes / PLAYLIST_MAX_DATASET_BYTES / --max-dataset-bytes, or give a smaller file"
    )

    with pytest.raises(DatasetError, match=f"^{re.escape(sentence)}$"):
        download(url, into, limits=limits)

    assert len(origin.requests) == 1
    assert left_in(into) == []


def test_file_of_just_the_limit_is_stored(origin: Origin, into: Path) -> None:
    download(origin.script("/x.csv", OK), into, limits=replace(QUICK, max_bytes=len(BODY)))

    assert into.read_bytes() == BODY


def test_announced_size_over_the_limit_is_refused_before_the_first_byte(origin: Origin, into: Path) -> None:
    told: list[int] = []
    url = origin.script("/x.csv", Answer(body=BODY, length=10**15))

    with pytest.raises(DatasetError, match=f"has at least {10**15} bytes"):
        download(url, into, limits=QUICK, progress=lambda received, total: told.append(received))

    assert told == []


def test_endless_body_stops_at_the_limit(origin: Origin, into: Path) -> None:
    url = origin.script("/x.csv", Answer(body=bytes(20_000_000), chunked=True))
    told: list[int] = []

    with pytest.raises(DatasetError, match="over the limit of 1000000"):
        download(
            url, into, limits=replace(QUICK, max_bytes=1_000_000), progress=lambda received, _: told.append(received)
        )

    assert told[-1] <= 1_000_000
