"""The API, as a class with one method for each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from playlist_client.errors import RefusedError, UnreachableError


@dataclass(frozen=True)
class Api:
    """A recommendation API at some address.

    Attributes:
        url: such as http://127.0.0.1:8080.
        timeout_s: how long to wait for a connection, and for an answer.
    """

    url: str
    timeout_s: float = 10.0

    def recommend(self, songs: Sequence[str], limit: int | None = None, explain: bool = False) -> dict[str, Any]:
        """Ask what goes with some songs.

        Returns:
            the answer: songs, version, model_date, and what ``explain`` adds.

        Raises:
            RefusedError: the server said no.
            UnreachableError: no answer came, or one that is not from this API.
        """
        question: dict[str, Any] = {"songs": list(songs)}
        if limit is not None:
            question["limit"] = limit
        if explain:
            question["explain"] = True
        answer = self._post("/api/recommend", question)
        if not isinstance(answer.get("songs"), list):
            raise UnreachableError(f"{self.url} is not a recommendation API: its answer names no songs")
        return answer

    def _post(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        try:
            response = requests.post(self.url.rstrip("/") + path, json=question, timeout=self.timeout_s)
        except requests.Timeout as error:
            raise UnreachableError(f"{self.url} did not answer within {self.timeout_s:g} s: try again") from error
        except (requests.RequestException, ValueError) as error:
            raise UnreachableError(f"nothing answers at {self.url}: is the API running there? give --url") from error
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise UnreachableError(
                f"{self.url} is not a recommendation API: it answered {response.status_code}, not JSON"
            )
        if not response.ok:
            raise RefusedError(str(answer.get("detail") or answer.get("title") or f"status {response.status_code}"))
        return answer
