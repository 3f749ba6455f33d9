"""A training in plain words: what was read, what was learned, how good it is, and what to look at."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from playlist_model import Manifest
from playlist_trainer.settings import names_of

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
    lines = [
        f"Read     {dataset['rows']:,} rows: {dataset['playlists']:,} playlists, {len(model.songs):,} songs"
        + (f"; {dataset['unusable_rows']:,} rows left out" if dataset.get("unusable_rows") else ""),
        f"Learned  {manifest.rule_count:,} rules{_threshold(manifest)}, in {sum(manifest.seconds.values()):.1f} s",
    ]
    if evaluation and not evaluation["requests"]:
        lines.append(
            "Quality  not measured: too few playlists with enough songs to ask with some and look for the rest"
        )
    elif evaluation:
        lines.append(
            f"Quality  recall@10 {evaluation['recall_at_10']:.3f} with {evaluation['seed_count']} songs asked with "
            f"(always the most popular songs: {evaluation['recall_at_10_by_popularity']:.3f}); rules answered "
            f"{evaluation['coverage']:.0%} of {evaluation['requests']:,} requests from playlists it had not seen"
        )
    if before and before.evaluation.get("requests"):
        lines.append(
            f"Before   recall@10 {before.evaluation['recall_at_10']:.3f} on its own requests by {before.model_id}, "
            f"{before.rule_count:,} rules"
        )
    elif before:
        lines.append(f"Before   {before.model_id}, {before.rule_count:,} rules; quality not measured")
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


def _threshold(manifest: Manifest) -> str:
    count = manifest.scoring.get("min_support_count")
    return f" seen in {count} or more playlists" if count else ""


def _examples(songs: "Songs") -> str:
    most = (-songs.artist_counts).argsort(kind="stable")[:_EXAMPLES].tolist()
    shared = [song for song in most if songs.artist_counts[song] > 1]
    return ", ".join(f"{songs.names[song]} by {songs.artist_counts[song]}" for song in shared)
