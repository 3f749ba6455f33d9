"""What the fake API answers, by the OpenAPI document of services/api."""

from collections.abc import Mapping
from difflib import get_close_matches

NASTY = 'Hello, "World"\r\nand\tgoodbye'
TITLES = ("Für Elise", "Clair de lune", "Ode to Joy", "Greensleeves", "[red]Bolero[/red]", NASTY)
MODEL_DATE = "2026-11-22T10:00:00.000Z"

EVALUATION = {
    "seed_count": 5,
    "requests": 81,
    "coverage": 0.98,
    "recall_at_10": 0.8436,
    "recall_at_10_by_popularity": 0.21,
}

Json = dict[str, object]


PROBLEMS = {
    404: "The model has no song 'Greenslee': did you mean Greensleeves?",
    422: "limit is the number 0, expected a whole number from 1 to 100.",
    500: "An error of the server's own: its log holds the cause under request id 8f14e45fceea167a.",
    503: "No model is loaded yet: run playlist-trainer train, or ask again in a second.",
}
TITLES_OF_STATUS = {
    404: "Not Found",
    422: "Unprocessable Entity",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def song(title: str) -> Json:
    """A song as answers carry it."""
    place = TITLES.index(title)
    artist = "" if title == "Greensleeves" else "Ludwig van Beethoven"
    return {
        "song": title,
        "title": title,
        "artist": artist,
        "artist_count": 2 if title == "Ode to Joy" else int(bool(artist)),
        "support_count": 100 - 10 * place,
    }


def songs(path: str, query: Mapping[str, str]) -> tuple[int, Json]:
    """Answer a question about songs, with its status."""
    found = [song(title) for title in TITLES]
    limit = int(query.get("limit", query.get("n", "20")))
    if path == "/api/songs":
        text = query.get("q", "").casefold()
        matching = [entry for entry in found if text in str(entry["title"]).casefold()][:limit]
        close = [] if matching else get_close_matches(text, [title.casefold() for title in TITLES])
        similar = [entry for entry in found if str(entry["title"]).casefold() in close]
        return 200, {"songs": matching} | ({"close_matches": similar} if "close_matches" in query else {})
    if path == "/api/songs/random":
        return 200, {"songs": found[-limit:]}
    return _related(query["song"], limit) if path == "/api/songs/related" else (404, problem(404))


def matched(body: Json) -> Json:
    """Answer which songs texts stand for."""
    texts = body["songs"]
    assert isinstance(texts, list)
    return {"songs": [{"song": text, "matches": [song(title) for title in _titles(text)]} for text in texts]}


def _titles(text: str) -> list[str]:
    if text == "ode":
        return ["Ode to Joy", "Greensleeves"]
    return [title for title in TITLES if title.casefold() == text.casefold()]


def recommended(body: Json, version: str, model_date: str) -> Json:
    """Answer ``recommend``: songs that were not asked with, in their order."""
    asked_with = body["songs"]
    assert isinstance(asked_with, list)
    known = [title for title in TITLES if title in asked_with]
    songs = [title for title in TITLES if title not in asked_with]
    limit = body.get("limit", 10)
    assert isinstance(limit, int)
    answer: Json = {"songs": songs[:limit], "version": version, "model_date": model_date}
    if body.get("explain"):
        answer |= {
            "recommendations": [_recommendation(title, known) for title in songs[:limit]],
            "unknown": [
                {"song": title, "close_matches": ["Greensleeves"] if title == "Greenslee" else []}
                for title in asked_with
                if title not in TITLES
            ],
            "ambiguous": [
                {"song": title, "matches": [song("Ode to Joy"), song("Greensleeves")]}
                for title in asked_with
                if title == "ode"
            ],
        }
    return answer


def _related(title: str, limit: int) -> tuple[int, Json]:
    if title not in TITLES:
        return 404, problem(404)
    others = [other for other in TITLES if other != title]
    songs = [song(other) | {"confidence": 0.25, "together_count": 30} for other in others]
    return 200, {"songs": songs[:limit]}


def version(code_version: str, model_date: str | None) -> Json:
    """Answer ``version``."""
    has_model = model_date is not None
    dataset = {"url": "builtin:sample", "playlists": 400, "songs": 175}
    return {
        "version": code_version,
        "model_id": "20261122T100000Z-d9b57c42" if has_model else None,
        "model_date": model_date,
        "fingerprint": "d9b57c42" if has_model else None,
        "dataset": dataset if has_model else None,
        "parameters": {"min_support": 0.002} if has_model else None,
        "engine": "eclat" if has_model else None,
        "trainer_version": "0.1.0" if has_model else None,
        "song_count": 175 if has_model else None,
        "rule_count": 13200 if has_model else None,
        "evaluation": EVALUATION if has_model else None,
        "gate": {} if has_model else None,
        "last_reload": model_date,
        "last_reload_error": None if has_model else {"message": "rules.npy is damaged", "time": MODEL_DATE},
    }


def problem(status: int) -> Json:
    """A problem of RFC 9457 as the API words it."""
    return {
        "type": "about:blank",
        "title": TITLES_OF_STATUS[status],
        "status": status,
        "detail": PROBLEMS[status],
        "request_id": "8f14e45fceea167a",
    }


def _recommendation(title: str, known: list[str]) -> Json:
    if not known:
        without = dict.fromkeys(("score", "value", "confidence", "together_count"))
        return song(title) | without | {"source": "popular", "because": []}
    because = [{"song": name, "songs": [name], "together_count": 37, "song_count": 120} for name in known]
    return song(title) | {
        "score": 0.28,
        "value": 0.28,
        "confidence": 0.31,
        "together_count": 37,
        "source": "rule",
        "because": because,
    }
