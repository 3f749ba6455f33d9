"""Answers as lists and sentences for people."""

from collections.abc import Iterable, Iterator, Sequence

from playlist_client.answers import Answer, Identified, Json, Reason, RelatedSong, Song
from playlist_client.output import Listing, Row, counted, facts_listing

_NOTES = 10
_SONG_STYLES = (">dim", "bold", "cyan", "dim")


def song_listing(
    songs: Sequence[Song], header: Row = (), fields: Sequence[Row] = (), about: Sequence[str] = ()
) -> Listing:
    """Return songs as a list, one row per song.

    Args:
        songs: in their order.
        header: names of the fields that follow song and artist.
        fields: of each song, for programs; none by default.
        about: of each song, for people; nothing by default.
    """
    fields = fields or [()] * len(songs)
    about = about or [""] * len(songs)
    records = [(song.song, song.artist, *more) for song, more in zip(songs, fields, strict=True)]
    cells = [
        (str(place), _titled(song), _artist(song), words)
        for place, (song, words) in enumerate(zip(songs, about, strict=True), start=1)
    ]
    return Listing(("song", "artist", *header), records, cells, _SONG_STYLES)


def answer_listing(answer: Answer, explain: bool) -> Listing:
    """Return the songs of a recommendation, with reasons if they are wanted and known."""
    recommendations = answer.recommendations
    songs = [entry.song for entry in recommendations] or [Song.named(name) for name in answer.songs]
    if not explain or not recommendations:
        return song_listing(songs)
    fields = [("; ".join(map(reason, entry.because)) or "popular",) for entry in recommendations]
    about = [_chips(entry.because) for entry in recommendations]
    return song_listing(songs, ("reasons",), fields, about)


def popularity_listing(songs: Sequence[Song]) -> Listing:
    """Return songs with the number of playlists that contain them."""
    fields = [(str(song.support_count),) for song in songs]
    return song_listing(songs, ("playlists",), fields, [f"in {_counted(song.support_count)}" for song in songs])


def related_listing(related: Sequence[RelatedSong]) -> Listing:
    """Return songs that follow from one, with what they have in common with it."""
    return song_listing(
        [found.song for found in related],
        ("together", "confidence"),
        [(str(found.together_count), f"{found.confidence:.4f}") for found in related],
        [f"together in {_counted(found.together_count)} ({found.confidence:.0%})" for found in related],
    )


def notes_of(answer: Answer) -> Iterator[str]:
    """Yield what a person should know about a recommendation beside its songs."""
    yield from _first("unknown", [unknown_note(unknown.song, unknown.close_matches) for unknown in answer.unknown])
    yield from _first("ambiguous", [ambiguous_note(found.song, found.matches) for found in answer.ambiguous])
    if answer.source == "popular" and answer.songs:
        yield "no matches for these songs yet; these are popular right now"
    yield f"version {answer.version}, model of {answer.model_date}"


def _first(kind: str, notes: Sequence[str]) -> Iterator[str]:
    """Yield as many notes as anybody reads, and how many more there are."""
    # One more would take the line that says so.
    shown = notes if len(notes) <= _NOTES + 1 else notes[:_NOTES]
    yield from shown
    if len(shown) < len(notes):
        yield f"and {len(notes) - len(shown)} more {kind} songs"


def identity_notes(found: Identified) -> Iterator[str]:
    """Yield what a person should know of a text that stands for no song, or for several."""
    if not found.matches:
        yield unknown_note(found.song, [_named(song) for song in found.close_matches])
    elif len(found.matches) > 1:
        yield ambiguous_note(found.song, found.matches)


def unknown_note(song: str, close_matches: Iterable[str]) -> str:
    """Return that the model does not know a song, and what may have been meant."""
    close = " or ".join(close_matches)
    return f"unknown: {song}" + (f" (did you mean {close}?)" if close else "")


def ambiguous_note(song: str, matches: Iterable[Song]) -> str:
    """Return which songs a text stands for."""
    return f"ambiguous: {song} matches {'; '.join(map(_named, matches))}"


def origin(values: Json) -> str:
    """Return what runs at an address, in a line."""
    model_date = values.get("model_date")
    return f"version {values.get('version')}, " + (f"model of {model_date}" if model_date else "no model yet")


def version_listing(values: Json, url: str, client_version: str) -> Listing:
    """Return what runs at an address, in the order that a person asks."""
    return facts_listing(_version_facts(values, url, client_version))


def reason(found: Reason) -> str:
    """Return a reason in words."""
    return f"in {found.together_count} of the {_counted(found.song_count)} with {found.song}"


def _version_facts(values: Json, url: str, client_version: str) -> Iterator[tuple[str, str]]:
    yield "address", url
    yield "version", str(values.get("version"))
    yield "client", client_version
    if values.get("model_id") is None:
        yield "model", "none yet: none was published, or it is still loading"
    else:
        yield "model", str(values["model_id"])
        yield "model_date", str(values.get("model_date"))
        yield "learned from", _dataset(values.get("dataset"))
        yield "songs", str(values.get("song_count"))
        yield "rules", str(values.get("rule_count"))
    evaluation = values.get("evaluation")
    if isinstance(evaluation, dict):
        yield "evaluation", _quality(evaluation)
    fault = values.get("last_reload_error")
    if isinstance(fault, dict):
        yield "last reload", f"failed at {fault.get('time')}: {fault.get('message')}"


def _chips(because: Sequence[Reason]) -> str:
    """Return reasons short enough for one row: ``31 % of playlists with Ode to Joy, 12 % with Greensleeves``."""
    shares = [f"{found.together_count / max(1, found.song_count):.0%} with {found.song}" for found in because]
    return ", ".join(shares).replace("% with", "% of playlists with", 1) or "popular"


def _titled(song: Song) -> str:
    """Return the title, and the name to ask with where title and artist do not say it, such as a URI."""
    is_said = song.song in {song.title, f"{song.title} – {song.artist}"}
    return song.title if is_said else f"{song.title} [{song.song}]"


def _artist(song: Song) -> str:
    """Return the artist, and how many others have a song of that name."""
    return f"{song.artist} and {song.artist_count - 1} more" if song.artist_count > 1 and song.artist else song.artist


def _named(song: Song) -> str:
    return f"{song.title} by {song.artist}" if song.artist else song.title


def _counted(playlists: int) -> str:
    return counted(playlists, "playlist")


def _quality(evaluation: Json) -> str:
    """Return how well a model recommends, in the words of the trainer's log; names and values of another trainer's."""
    if evaluation.get("requests") == 0:
        return "not measured: too few playlists with enough songs to ask with some and look for the rest"
    number = {name: value for name, value in evaluation.items() if isinstance(value, int | float)}
    try:
        return (
            f"recall@10 {number['recall_at_10']:.3f} when asked with {counted(number['seed_count'], 'song')} "
            f"(recommending the most popular ones: {number['recall_at_10_by_popularity']:.3f}); "
            f"rules answered {number['coverage']:.0%} of {counted(number['requests'], 'request')}"
        )
    except KeyError:
        return ", ".join(f"{name} {value}" for name, value in evaluation.items())


def _dataset(values: object) -> str:
    if not isinstance(values, dict):
        return "nothing known"
    return (
        f"{values.get('url')}: {counted(values.get('playlists'), 'playlist')}, {counted(values.get('songs'), 'song')}"
    )
