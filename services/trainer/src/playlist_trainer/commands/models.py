"""The commands on kept models: list, show, export, diff, promote, rollback, copy."""

import logging
from collections.abc import Collection, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playlist_model import Manifest, ModelError, ModelStore, StoreError, writing
from playlist_trainer.commands.output import aligned, check_output, print_json, print_text, write_csv
from playlist_trainer.dataset.printable import counted
from playlist_trainer.settings import Settings

if TYPE_CHECKING:
    from playlist_model import Model

_log = logging.getLogger(__name__)


def models_list(settings: Settings, as_json: bool = False) -> str:
    """List the kept models, newest first, each with its state."""
    store = settings.store()
    manifests = store.manifests()
    current = _current_id(store)
    if as_json:
        print_json([_summary(manifest) | {"current": manifest.model_id == current} for manifest in manifests])
        return ""
    damaged = list(_unreadable(store, manifests))
    if not manifests and not damaged:
        return f"{store.name}: no model has been published here yet"
    now = datetime.now(UTC)
    rows = [
        (
            manifest.model_id,
            "current" if manifest.model_id == current else "rejected" if manifest.is_rejected else "kept",
            age_text((now - datetime.fromisoformat(manifest.model_date)).total_seconds()),
            f"{manifest.dataset.get('playlists', 0):,}",
            f"{manifest.rule_count:,}",
            _share(manifest.evaluation.get("recall_at_10") if manifest.evaluation.get("requests") else None),
            str(manifest.dataset.get("url")),
        )
        for manifest in manifests
    ]
    header = ("model", "state", "age", "playlists", "rules", "recall@10", "dataset")
    if rows:
        print_text(aligned(header, rows, left=(0, 1, 6)))
    for manifest in manifests:
        if manifest.is_rejected:
            print_text(f"{manifest.model_id} was rejected: {manifest.gate.get('reason')}")
    for words in damaged:
        print_text(words)
    return ""


def models_show(settings: Settings, model_id: str | None = None) -> str:
    """Print all that a model says of itself, as JSON; its array files are verified first."""
    model = _loaded(settings, model_id)
    print_json(_summary(model.manifest) | {"files": {name: f.bytes for name, f in model.manifest.files.items()}})
    return ""


def models_export(settings: Settings, output: str, model_id: str | None = None) -> str:
    """Write every rule of a model as CSV: antecedent (a JSON list of songs), consequent, counts and ratios."""
    from playlist_trainer.tables import rule_table  # noqa: PLC0415 - Polars takes most of a second to import

    check_output(output)
    model = _loaded(settings, model_id)
    write_csv(rule_table(model), output)
    return f"wrote {counted(len(model.rules), 'rule')} of {model.manifest.model_id}"


def models_diff(settings: Settings, before: str, after: str, as_json: bool = False) -> str:
    """Compare two kept models: settings, dataset, figures, songs, and how far their answers agree."""
    from playlist_trainer.evaluation.difference import difference  # noqa: PLC0415

    found = difference(_loaded(settings, before), _loaded(settings, after))
    print_json(asdict(found)) if as_json else print_text(found.text())
    return ""


def models_promote(settings: Settings, model_id: str) -> str:
    """Make a kept model current, one that the gate rejected included."""
    with writing(settings.store(), wait_s=settings.lock_timeout_s) as writer:
        manifest = writer.store.check(model_id)
        writer.point_at(model_id)
    was = "; the gate had rejected it" if manifest.is_rejected else ""
    return f"promoted {model_id}: it is the current model now{was}"


def models_rollback(settings: Settings, model_id: str) -> str:
    """Make a kept model current, and keep the next trainings from making the one that is current now again."""
    with writing(settings.store(), wait_s=settings.lock_timeout_s) as writer:
        was_current = _current_id(writer.store) == model_id
        writer.rollback(model_id)
    if was_current:
        return f"{model_id} is the current model already; nothing to roll back"
    return f"rolled back to {model_id}; the model before it is not made again until an input changes (or --force)"


def models_copy(settings: Settings, source: str, target: str) -> str:
    """Copy every kept model from one folder or object store to another, and make the same one current there."""
    from_store, to_store = settings.store_at(source), settings.store_at(target)
    pointer = from_store.pointer()
    with writing(to_store, wait_s=settings.lock_timeout_s) as writer:
        there = set(to_store.model_ids())
        wanted = [each.model_id for each in reversed(from_store.manifests()) if each.model_id not in there]
        for model_id in wanted:
            writer.adopt(from_store.fetch(model_id))
            _log.info("copied %s", model_id)
        to_store.check(pointer.model_id)
        for note, take in (
            (from_store.source(), writer.note_source),
            (from_store.status_content(), writer.note_status),
        ):
            if note is not None:
                take(note)
        writer.point_at(pointer.model_id, pointer.rejected_fingerprint)
    return (
        f"copied {counted(len(wanted), 'model')} from {from_store.name} to {to_store.name}, where "
        f"{len(there)} {'was' if len(there) == 1 else 'were'} before; {pointer.model_id} is the current one there"
    )


def age_text(seconds: float) -> str:
    """Return a time span as a person says it: the largest unit that it fills.

    >>> age_text(59), age_text(3600 * 30), age_text(86400 * 3)
    ('59 s', '30 h', '3 d')
    """
    for unit, length, until in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < until:
            return f"{max(0, int(seconds // length))} {unit}"
    return f"{int(seconds // 86_400)} d"


def _loaded(settings: Settings, model_id: str | None) -> "Model":
    store = settings.store()
    return store.load(model_id) if model_id else store.load_current()


def _current_id(store: ModelStore) -> str | None:
    try:
        return store.pointer().model_id
    except StoreError:
        raise
    except ModelError:
        return None


def _unreadable(store: ModelStore, manifests: Collection[Manifest]) -> Iterator[str]:
    """Yield one sentence for each kept model that the list can't show."""
    shown = {manifest.model_id for manifest in manifests}
    for model_id in store.model_ids():
        if model_id not in shown:
            try:
                store.manifest(model_id)
            except StoreError:
                raise
            except ModelError as error:
                yield f"{model_id} can't be used: {error}"


def _summary(manifest: Manifest) -> dict[str, object]:
    return {name: value for name, value in asdict(manifest).items() if name != "files"}


def _share(figure: object) -> str:
    return f"{figure:.3f}" if isinstance(figure, (int, float)) else "–"
