"""Answers in words."""

from collections.abc import Iterable, Iterator

from playlist_client.answers import Answer, Json, Reason, Recommendation, RelatedSong, Song
from playlist_client.output import Entry


def entries_of(answer: Answer) -> list[Entry]:
    """Return the songs of a recommendation, with reasons where it has some."""
    if answer.recommendations:
        return [_recommended(recommendation) for recommendation in answer.recommendations]
    return [Entry(song, song) for song in answer.songs]


def notes_of(answer: Answer) -> Iterator[str]:
    """Yield what a person should know about a recommendation beside its songs."""
    for unknown in answer.unknown:
        close = " or ".join(unknown.close_matches)
        yield f"unknown: {unknown.song}" + (f" (did you mean {close}?)" if close else "")
    for ambiguous in answer.ambiguous:
        names = "; ".join(_named(song) for song in ambiguous.matches)
        yield f"several songs: {ambiguous.song} stands for {names}"
    if answer.source == "popular" and answer.songs:
        yield "only popular songs: no rule leads on from what was asked"
    yield f"version {answer.version}, model of {answer.model_date}"


def song_entries(songs: Iterable[Song]) -> list[Entry]:
    """Return songs with the number of playlists that hold them."""
    return [
        Entry(
            song.song,
            song.title,
            _artist(song),
            (f"in {_counted(song.support_count)}",),
            (song.artist, str(song.support_count)),
        )
        for song in songs
    ]


def related_entries(related: Iterable[RelatedSong]) -> list[Entry]:
    """Return songs that follow from one, with what they have in common with it."""
    return [
        Entry(
            found.song.song,
            found.song.title,
            _artist(found.song),
            (f"together in {_counted(found.together_count)}, confidence {found.confidence:.2f}",),
            (found.song.artist, str(found.together_count), f"{found.confidence:.4f}"),
        )
        for found in related
    ]


def origin(values: Json) -> str:
    """Return what runs at an address, in a line."""
    model_date = values.get("model_date")
    return f"version {values.get('version')}, " + (f"model of {model_date}" if model_date else "no model yet")


def version_facts(values: Json, url: str, client_version: str) -> Iterator[tuple[str, str]]:
    """Yield what runs at an address, in the order that a person asks."""
    yield "address", url
    yield "version", str(values.get("version"))
    yield "client", client_version
    if values.get("model_id") is None:
        yield "model", "none yet: none was published, or it is being read"
    else:
        yield "model", str(values["model_id"])
        yield "model_date", str(values.get("model_date"))
        yield "learned from", _dataset(values.get("dataset"))
        yield "songs", str(values.get("song_count"))
        yield "rules", str(values.get("rule_count"))
    evaluation = values.get("evaluation")
    if isinstance(evaluation, dict):
        yield "evaluation", ", ".join(f"{name} {value}" for name, value in evaluation.items())
    fault = values.get("last_reload_error")
    if isinstance(fault, dict):
        yield "last reload", f"failed at {fault.get('time')}: {fault.get('message')}"


def reason(found: Reason) -> str:
    """Return a reason in words."""
    return f"in {found.together_count} of the {_counted(found.song_count)} that hold {found.song}"


def _recommended(recommendation: Recommendation) -> Entry:
    song = recommendation.song
    reasons = tuple(reason(found) for found in recommendation.because) or ("popular",)
    return Entry(song.song, song.title, _artist(song), reasons, (song.artist, "; ".join(reasons)))


def _artist(song: Song) -> str:
    """Return the artist, and how many others have a song of that name."""
    return f"{song.artist} and {song.artist_count - 1} more" if song.artist_count > 1 and song.artist else song.artist


def _named(song: Song) -> str:
    return f"{song.title} by {song.artist}" if song.artist else song.title


def _counted(playlists: int) -> str:
    return "1 playlist" if playlists == 1 else f"{playlists} playlists"


def _dataset(values: object) -> str:
    if not isinstance(values, dict):
        return "nothing known"
    return f"{values.get('url')}: {values.get('playlists')} playlists, {values.get('songs')} songs"
