"""Whether the client of a request that waits for its turn is still there."""

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from playlist_api.server.bodies import Receive
from playlist_api.server.joined_writes import JoinedWrites

# How long a request with a closed side may wait for its turn.
_HALF_CLOSED_S = 1.0


def has_left(receive: Receive, waited_s: float) -> bool:
    """Tell whether the client of a request is gone; to wait for ``receive`` itself would read on from the client.

    A client that gives up and one that has said all it wants to say look the same until something is sent to them;
    the second kind is rare, and hardly waits this long.
    """
    cycle = getattr(receive, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle):
        return False
    transport: object = cycle.transport
    is_half_closed = isinstance(transport, JoinedWrites) and transport.is_half_closed
    return cycle.disconnected or (is_half_closed and waited_s > _HALF_CLOSED_S)
