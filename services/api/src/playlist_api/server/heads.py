"""Request lines and headers: whether they can be read in one way alone, and how they read without an upgrade."""

Headers = list[tuple[bytes, bytes]]

# So many requests are begun with one piece, or as many as fit into so few bytes: each costs the loop a task.
PIECE_REQUESTS, LEAST_PIECE_BYTES = 4, 512


def end_of_piece(data: bytes | bytearray, size: int) -> int:
    """Return where a piece ends, of at most ``size`` bytes, that holds the beginnings of few requests."""
    end = 0
    for _ in range(PIECE_REQUESTS + 1):
        end = data.find(b" HTTP/1", end + 1, size)
        if end < 0:
            return size
    return max(end, min(size, LEAST_PIECE_BYTES))


def is_unambiguous(version: str, headers: Headers) -> bool:
    """Tell whether a proxy before us can have read a request in no other way (RFC 9112, 3.2 and 6.1).

    It may have looked at another Host, or at the length of a body that was coded in a way that we don't undo.
    """
    hosts = 0
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding" and (version == "1.0" or value.strip().lower() != b"chunked"):
            return False
    return hosts == 1 or (hosts == 0 and version == "1.0")


def head_without_upgrade(method: bytes, url: bytes, version: str, headers: Headers) -> bytes:
    """Return a request's head without the wish for another protocol."""
    lines = [b"%b %b HTTP/%b" % (method, url, version.encode())]
    if any(name == b"connection" and b"close" in value.lower() for name, value in headers):
        lines.append(b"connection: close")
    lines += [b"%b: %b" % pair for pair in headers if pair[0] not in {b"connection", b"upgrade"}]
    return b"\r\n".join([*lines, b"", b""])
