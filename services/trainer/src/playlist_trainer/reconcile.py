"""A training from start to end: look at the dataset, do no more than is needed, publish."""

import logging
from dataclasses import replace

from playlist_model import ModelError, ModelStore, ModelWriter, writing
from playlist_trainer.dataset.address import Dataset, fetch
from playlist_trainer.dataset.source import Source
from playlist_trainer.errors import TransientError
from playlist_trainer.fingerprint import fingerprint_of
from playlist_trainer.plan import Plan, plan_for
from playlist_trainer.settings import Settings
from playlist_trainer.timings import StageTimer

_log = logging.getLogger(__name__)


def reconcile(settings: Settings) -> str:
    """Bring the model folder to what the settings ask for.

    1. hold the folder's lock;
    2. with ``rollback_to``: make that model current, and stop; else clear models that are no longer kept;
    3. look at the dataset: by a conditional request, if "unchanged" would mean that nothing has to be trained;
    4. if the wanted model is there already, at most move the pointer;
    5. else read, mine, evaluate and publish.

    Returns:
        one sentence about what was done.

    Raises:
        TrainerError: nothing was published; the current model stays.
        ModelError: another trainer holds the folder, or ``rollback_to`` names no model that can be used.
        OSError: the folder can't be written.
    """
    store = ModelStore(settings.model_dir)
    stages = StageTimer()
    with writing(store, settings.keep_models, settings.lock_timeout_s) as writer:  # (1)
        if settings.rollback_to:  # (2)
            return _pointed_at(writer, settings.rollback_to)
        writer.make_room()  # before the download, which needs it too
        known = _known_source(store)
        expected = _standing(store, known, settings) if known else Plan("train")
        with stages.timed("fetch"):  # (3)
            dataset = fetch(settings, store.scratch_path, known if expected.action != "train" else None)
        if dataset is None:
            return _settled(writer, expected)
        _note(writer, known, dataset.source)
        found = _standing(store, dataset.source, settings)
        if found.action != "train":
            return _settled(writer, found)  # (4)
        return _trained(writer, dataset, settings, stages)  # (5)


def _standing(store: ModelStore, source: Source, settings: Settings) -> Plan:
    if settings.force:
        return Plan("train")
    return plan_for(store, fingerprint_of(source.sha256, settings))


def _settled(writer: ModelWriter, standing: Plan) -> str:
    """Do what is needed short of training."""
    if standing.action == "point":
        return _pointed_at(writer, standing.model_id)
    if standing.action == "rejected":
        return (
            f"nothing to do: a roll-back to {standing.model_id} turned away from the model that this would make; "
            "change an input, or use --force"
        )
    return f"nothing to do: {standing.model_id} is what this would make, and every file of it is whole"


def _pointed_at(writer: ModelWriter, model_id: str) -> str:
    writer.store.load(model_id)
    try:
        pointer = writer.store.pointer()
        if pointer.model_id == model_id and pointer.rejected_fingerprint is None:
            writer.store.load_current()
            return f"nothing to do: {model_id} is the current model, and every file of it is whole"
    except ModelError as error:
        _log.warning("the pointer can't be used and is made anew: %s", error)
    writer.point_at(model_id)
    return f"made the kept model {model_id} the current one"


def _known_source(store: ModelStore) -> Source | None:
    try:
        return Source.parse(store.source_path.read_bytes())
    except OSError:
        return None


def _note(writer: ModelWriter, known: Source | None, found: Source) -> None:
    """Remember what was found; a look that found the same leaves the note as it is."""
    if known is None or replace(found, checked_at=known.checked_at) != known:
        writer.note_source(found.dump())


def _trained(writer: ModelWriter, dataset: Dataset, settings: Settings, stages: StageTimer) -> str:
    # Polars takes most of a second to import: not for a run that finds nothing to do.
    from playlist_trainer.pipeline import learn  # noqa: PLC0415

    learned = learn(dataset, settings, stages)
    try:
        manifest = writer.publish(learned.songs, learned.rules, learned.training)
    except OSError as error:
        raise TransientError(
            f"the model could not be written to {writer.store.root} ({error.strerror}): "
            "make room on the volume; the model before it stays current"
        ) from error
    return (
        f"published model {manifest.model_id}: {manifest.rule_count} rules on {len(learned.songs)} songs "
        f"from {manifest.dataset['playlists']} playlists"
    )
