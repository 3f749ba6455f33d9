"""A training in plain words: what was read, what was learned, how good it is, and what to look at."""

from collections.abc import Iterator, Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any

from playlist_model import Manifest
from playlist_trainer.dataset.printable import counted
from playlist_trainer.settings import Settings, names_of

if TYPE_CHECKING:
    from playlist_model import Model, Songs

# From this share of titles on, several artists' songs that share a title are more than a curiosity.
_MANY_SHARED = 0.02
_EXAMPLES = 3


def summary(model: "Model", before: Manifest | None) -> str:
    """Return some lines for people.

    Args:
        model: what was published.
        before: of the model that was current until then.
    """
    manifest = model.manifest
    dataset, evaluation = manifest.dataset, manifest.evaluation
    seconds = sum(manifest.seconds.values())
    lines = [
        f"Read     {counted(dataset['rows'], 'row', ',')}: {counted(dataset['playlists'], 'playlist', ',')}, "
        f"{counted(len(model.songs), 'song', ',')}"
        + (f"; {counted(dataset['unusable_rows'], 'row', ',')} left out" if dataset.get("unusable_rows") else ""),
        f"Learned  {counted(manifest.rule_count, 'rule', ',')}{_threshold(manifest)}, in {seconds:.1f} s",
    ]
    if evaluation:
        lines.append(f"Quality  {_quality(evaluation)}")
    if before and before.evaluation.get("requests"):
        lines.append(
            f"Before   recall@10 {before.evaluation['recall_at_10']:.3f} on its own requests by {before.model_id}, "
            f"{counted(before.rule_count, 'rule', ',')}"
        )
    elif before:
        lines.append(f"Before   {before.model_id}, {counted(before.rule_count, 'rule', ',')}; quality not measured")
    if manifest.gate:
        lines.append(f"Gate     {manifest.gate['outcome']}: {manifest.gate['reason']}")
    return "\n".join(lines)


def warnings(model: "Model") -> Iterator[str]:
    """Yield what a person should look at, one sentence each."""
    evaluation = model.manifest.evaluation
    if evaluation and evaluation["requests"] and evaluation["recall_at_10"] <= evaluation["recall_at_10_by_popularity"]:
        yield (
            f"rules do no better than the most popular songs (recall@10 {evaluation['recall_at_10']:.3f} against "
            f"{evaluation['recall_at_10_by_popularity']:.3f}): check that the playlist column names playlists, and "
            "that there are enough of them"
        )
    shared = model.songs.artist_counts > 1
    if model.manifest.parameters.get("item_column") == "track_name" and shared.mean() >= _MANY_SHARED:
        yield (
            f"titles that several artists share: {int(shared.sum()):,}; their songs count as one "
            f"({_examples(model.songs)}): to keep them apart, name songs by title and artist "
            f"({names_of('item_column')} track_name,artist_name)"
        )


def rejection(model_id: str, reason: str, settings: Settings) -> str:
    """Return what to do where the gate rejected a model, with the command as it can be typed."""
    folder, store = settings.model_dir, settings.model_store_url
    where = "" if folder == Settings().model_dir else f" --model-dir {quote(str(folder))}"
    if store:
        where = f" --model-store {quote(store)}"
    return (
        f"candidate {model_id} was rejected and the current model stays: {reason}; check the dataset, or use it all "
        f"the same: playlist-trainer models promote {model_id}{where}, {names_of('rollback_to')} {model_id}, or "
        f"{names_of('gate')} false"
    )


def _quality(evaluation: Mapping[str, Any]) -> str:
    if not evaluation["requests"]:
        return "not measured: too few playlists with enough songs to ask with some and look for the rest"
    return (
        f"recall@10 {evaluation['recall_at_10']:.3f} when asked with {evaluation['seed_count']} songs "
        f"(recommending the most popular ones: {evaluation['recall_at_10_by_popularity']:.3f}); rules answered "
        f"{evaluation['coverage']:.0%} of {counted(evaluation['requests'], 'request', ',')} from playlists it had "
        "not seen"
    )


def _threshold(manifest: Manifest) -> str:
    count = manifest.scoring.get("min_support_count")
    return f" seen in {count} or more playlists" if count else ""


def _examples(songs: "Songs") -> str:
    most = (-songs.artist_counts).argsort(kind="stable")[:_EXAMPLES].tolist()
    shared = [song for song in most if songs.artist_counts[song] > 1]
    return ", ".join(f"{songs.names[song]} by {songs.artist_counts[song]}" for song in shared)
