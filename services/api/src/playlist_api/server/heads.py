"""Request lines and headers: whether they can be read in one way alone, and how they read without an upgrade."""

Headers = list[tuple[bytes, bytes]]


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
