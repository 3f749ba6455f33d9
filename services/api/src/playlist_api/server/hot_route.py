"""The way of nearly all requests: a small, valid ``POST /api/recommend``, answered without leaving the event loop.

Parser, ranking and answer are those of Flask's route; whatever is not plain is left to it, errors included.
"""

import time
from collections.abc import Collection

from playlist_api.answer import answer
from playlist_api.context import Context
from playlist_api.errors import ApiError
from playlist_api.middleware.cors import Cors
from playlist_api.middleware.request_log import Answered, request_id_of, traceparent_of
from playlist_api.parsing import RecommendRequest, recommend_request_from_body
from playlist_api.paths import RECOMMEND, RECOMMENDER
from playlist_api.responses import encode
from playlist_model import Songs

Headers = list[tuple[bytes, bytes]]

# What takes about 2 ms at most: so many songs, so large a body, and so many rules to rank by.
_SONGS, _BODY_BYTES, _RULES = 32, 8192, 50_000
# Of the model's, that share a title with one of them.
_SAME_KEY = 200
# Some characters are eighteen once they are folded, so that a text of them takes as long as a much longer one.
_FOLDED_BODY_BYTES = 2048


class HotRoute:
    """Answers what it can, at once."""

    def __init__(self, context: Context) -> None:
        """Answer from what Flask's route answers from."""
        self._context = context
        self._cors = Cors(context.settings.cors_origins)
        base = context.settings.base_path
        self._routes = {f"{base}{path}{end}": path for path in (RECOMMEND, RECOMMENDER) for end in ("", "/")}

    @property
    def paths(self) -> Collection[str]:
        """The paths that are this route's."""
        return self._routes.keys()

    def answer(self, path: str, headers: Headers, body: bytes) -> tuple[Headers, bytes] | None:
        """Return the headers and the body of an answer with status 200; None where Flask has to answer."""
        started = time.perf_counter()
        state = self._context.live.state
        given_id = origin = traceparent = b""
        for name, value in headers:
            # Sent twice, either is as good as none.
            if name == b"x-request-id":
                given_id = b"," if given_id else value
            elif name == b"origin":
                origin = value
            elif name == b"traceparent":
                traceparent = b"," if traceparent else value
            elif name == b"content-encoding":
                return None
        asked = self._request_from(body, state.longest_song)
        if asked is None or state.model is None or not _is_small(state.model.songs, asked, state.most_rules_of_a_song):
            return None
        answered = answer(state.model, asked, self._context.settings.version)
        content = encode(answered.content).encode()
        request_id = request_id_of(given_id.decode("latin-1"))
        answer_headers = self._headers(len(content), request_id, answered.source, origin)
        observer = self._context.observer
        observer.metrics.count_answer(answered.source, answered.song_count, answered.unknown_count)
        observer.note(
            Answered(
                "POST",
                self._routes[path],
                path,
                200,
                time.perf_counter() - started,
                request_id,
                answered.source,
                state.model.manifest.model_id,
                traceparent_of(traceparent.decode("latin-1")) if traceparent else None,
            )
        )
        return answer_headers, content

    def _request_from(self, body: bytes, longest_song: int) -> RecommendRequest | None:
        is_folded = not body.isascii() or b"\\u" in body
        most = _FOLDED_BODY_BYTES if is_folded else _BODY_BYTES
        if len(body) > min(most, self._context.settings.max_body_bytes):
            return None
        try:
            asked = recommend_request_from_body(body, self._context.settings, longest_song)
        except ApiError:
            return None
        return None if asked.explain or len(asked.songs) > _SONGS else asked

    def _headers(self, length: int, request_id: str, source: str, origin: bytes) -> Headers:
        headers: Headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(length).encode()),
            (b"playlist-source", source.encode()),
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        if self._cors.origins:
            allowed = self._cors.headers_for(origin.decode("latin-1"))
            headers += [(b"vary", b"Origin")]
            headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in allowed.items()]
        return headers


def _is_small(songs: Songs, asked: RecommendRequest, most_rules_of_a_song: int) -> bool:
    """Tell whether a request looks at few songs and rules: one title may stand for thousands."""
    left, found = _SAME_KEY, 0
    for song in asked.songs:
        match = songs.match_of_few(song if isinstance(song, str) else song.title, left)
        if match is None:
            return False
        left -= len(match.same_key)
        # An artist's may be others than the title's alone.
        found += len(match.song_ids if isinstance(song, str) else match.same_key)
    return found * most_rules_of_a_song <= _RULES
