"""Which addresses a host means, and whether they can be listened on."""

import socket


def addresses(host: str, port: int) -> list[str]:
    """Return what gunicorn has to bind; ``::`` is every address, IPv4 and IPv6, whatever the system's default is."""
    if host != "::":
        return [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    if not _has_ipv6():
        return [f"0.0.0.0:{port}"]
    return [f"[::]:{port}"] if _serves_both() else [f"0.0.0.0:{port}", f"[::]:{port}"]


def check_free(host: str, port: int) -> None:
    """Check that a port can be listened on, so that a person gets one sentence and not gunicorn's five tries.

    Raises:
        OSError: it can't; the message says why.
    """
    for address in addresses(host, port):
        name = address.rpartition(":")[0].strip("[]")
        family, kind, _, _, target = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(target)
            tried.listen()


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tried:
            tried.bind(("::1", 0))
    except OSError:
        return False
    return True


def _serves_both() -> bool:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as tried:
        return not tried.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
