"""What the API offers, one method a route; what can go wrong is raised and told by ``errors``."""

from dataclasses import dataclass

from flask import Flask, Response, g, request

from playlist_api import catalogue
from playlist_api.access_log import METRICS, SOURCE_HEADER
from playlist_api.errors import InvalidRequestError, NoModelLoadedError
from playlist_api.explain import explained
from playlist_api.live_model import LiveModel
from playlist_api.metrics import Metrics
from playlist_api.recommend import names_of, recommend
from playlist_api.requested import MAX_LIMIT, body_of, text_from_query, wanted_from_body, whole_number_from_query
from playlist_api.responses import json_response
from playlist_api.settings import Settings
from playlist_model import Model, rfc3339


@dataclass(frozen=True)
class Api:
    """The routes, and what they answer from.

    Attributes:
        settings: limits and the version.
        live: the model.
        metrics: what /metrics shows.
        document: the OpenAPI document.
    """

    settings: Settings
    live: LiveModel
    metrics: Metrics
    document: dict[str, object]

    def register(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule("/api/recommend", "recommend", self.recommend, methods=["POST"])
        app.add_url_rule("/api/recommender", "recommender", self.recommend, methods=["POST"])
        app.add_url_rule("/api/songs", "songs", self.songs)
        app.add_url_rule("/api/songs/random", "songs_random", self.songs_random)
        app.add_url_rule("/api/songs/related", "songs_related", self.songs_related)
        app.add_url_rule("/api/version", "version", self.version)
        app.add_url_rule(METRICS, "metrics", self.show_metrics)
        app.add_url_rule("/openapi.json", "openapi", self.openapi)

    def recommend(self) -> Response:
        """Recommend songs that go with the ones in the body."""
        wanted = wanted_from_body(body_of(request, self.settings), self.settings)
        model = self._model()
        recommendation = recommend(model, wanted.songs, wanted.limit)
        content: dict[str, object] = {
            "songs": names_of(model.songs, recommendation.song_ids),
            "version": self.settings.version,
            "model_date": model.manifest.model_date,
        }
        if wanted.explain:
            content |= explained(model, recommendation)
        return json_response(content, headers={SOURCE_HEADER: recommendation.source})

    def songs(self) -> Response:
        """Search songs as one types."""
        text = text_from_query(request.args, "q", self.settings)
        limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
        return json_response({"songs": catalogue.found(self._model(), text, limit)})

    def songs_random(self) -> Response:
        """Draw songs by chance."""
        count = whole_number_from_query(request.args, "n", default=10, at_most=MAX_LIMIT)
        seed = whole_number_from_query(request.args, "seed", default=0, at_least=0, at_most=2**63 - 1)
        return json_response({"songs": catalogue.drawn(self._model(), count, seed if "seed" in request.args else None)})

    def songs_related(self) -> Response:
        """Give the songs that follow from one."""
        if "song" not in request.args:
            raise InvalidRequestError("song is missing, expected a title, such as ?song=Greensleeves.")
        text = text_from_query(request.args, "song", self.settings)
        limit = whole_number_from_query(request.args, "limit", default=20, at_most=MAX_LIMIT)
        return json_response({"songs": catalogue.related(self._model(), text, limit)})

    def version(self) -> Response:
        """Say which code answers, and from which model."""
        state = self.live.state
        manifest = state.model.manifest if state.model else None
        fault = state.fault
        return json_response(
            {
                "version": self.settings.version,
                "model_id": manifest and manifest.model_id,
                "model_date": manifest and manifest.model_date,
                "fingerprint": manifest and manifest.fingerprint,
                "dataset": manifest and manifest.dataset,
                "parameters": manifest and manifest.parameters,
                "engine": manifest and manifest.engine,
                "trainer_version": manifest and manifest.trainer_version,
                "song_count": state.model and len(state.model.songs),
                "rule_count": state.model and len(state.model.rules),
                "evaluation": manifest and manifest.evaluation,
                "last_reload": state.loaded_at and rfc3339(state.loaded_at),
                "last_reload_error": fault and {"message": fault.message, "time": rfc3339(fault.time)},
            }
        )

    def show_metrics(self) -> Response:
        """Give the metrics."""
        content, content_type = self.metrics.exposition(request.headers.get("Accept", ""))
        return Response(content, content_type=content_type)

    def openapi(self) -> Response:
        """Give the OpenAPI document."""
        return json_response(self.document)

    def _model(self) -> Model:
        """Take the model that this request is answered from, from its start to its end."""
        model = self.live.current
        if model is None:
            raise NoModelLoadedError("No model is loaded yet: run playlist-trainer train, or ask again in a second.")
        g.model_id = model.manifest.model_id
        return model
