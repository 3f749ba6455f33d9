"""The bounds of every connection, as settings ask for them."""

from dataclasses import dataclass

from playlist_api.settings import Settings


@dataclass(frozen=True)
class Bounds:
    """What one connection may take, times in seconds.

    Attributes:
        header_s: for headers to arrive, from the connection or the first byte of the request.
        request_s: for the whole request.
        answer_s: for the client to take an answer.
        idle_s: between two requests.
        header_bytes: request line and headers.
        body_bytes: body.
        connections: at a time.
        spared_port: connections to it are never refused; None where there is no such port.
    """

    header_s: float
    request_s: float
    answer_s: float
    idle_s: float
    header_bytes: int
    body_bytes: int
    connections: int
    spared_port: int | None

    @classmethod
    def of(cls, settings: Settings, spared_port: int | None) -> "Bounds":
        """Return the bounds that settings ask for."""
        return cls(
            settings.header_timeout_s,
            settings.request_timeout_s,
            settings.answer_timeout_s,
            settings.keep_alive_s,
            settings.max_header_bytes,
            settings.max_body_bytes,
            settings.max_connections,
            spared_port,
        )
