"""How much of what came is parsed at a time: other clients get their turn, and nothing gets lost."""

import random

import pytest

from playlist_api.server.heads import LEAST_PIECE_BYTES, PIECE_REQUESTS, end_of_piece

TINY = b"GET / HTTP/1.1\r\n\r\n"
USUAL = b"GET /openapi.json HTTP/1.1\r\nHost: a\r\nUser-Agent: " + b"x" * 200 + b"\r\n\r\n"


@pytest.mark.parametrize("request_bytes", [TINY, USUAL, USUAL * 2])
def test_piece_begins_few_requests_unless_they_are_tiny(request_bytes: bytes) -> None:
    sent = request_bytes * 1000

    end = end_of_piece(sent, 4096)

    assert sent.count(b" HTTP/1", 0, end) <= PIECE_REQUESTS or end == LEAST_PIECE_BYTES


@pytest.mark.parametrize("data", [b"", b"GET /", USUAL, USUAL * 2, b"{}" * 5000])
def test_what_holds_few_requests_is_one_piece(data: bytes) -> None:
    assert end_of_piece(data, 4096) == 4096


@pytest.mark.parametrize("size", [1, 100, LEAST_PIECE_BYTES, 4096])
def test_pieces_are_never_empty_nor_too_large(size: int) -> None:
    draw = random.Random(size)
    for _ in range(500):
        data = b"".join(draw.choices([TINY, USUAL, b"x", b" HTTP/1"], k=draw.randrange(60)))

        assert 1 <= end_of_piece(data, size) <= size
