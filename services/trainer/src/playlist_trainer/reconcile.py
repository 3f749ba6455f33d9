"""Brings the model store to what the settings ask for: look, plan, and do no more than needed.

1. hold the store's lock; in an object store there is none, and whoever publishes second begins again;
2. with ``rollback_to``: make that model current, and stop; else clear models that are no longer kept;
3. look at the dataset: by a conditional request, if "unchanged" would mean that nothing has to be trained; where that
   fails and nothing else was asked for, the model of the last look stays wanted: an outage of the dataset's server must
   not hold up a release that scales or ships code;
4. plan: if the wanted model is there already, at most the pointer moves;
5. else make a candidate, and publish it unless the gate rejects it.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from playlist_model import (
    REJECTED,
    ModelError,
    ModelStore,
    ModelWriter,
    StoreChangedError,
    writing,
)
from playlist_trainer.dataset.address import Dataset, came_from_the_same_server, fetch
from playlist_trainer.dataset.printable import counted
from playlist_trainer.dataset.source import Source
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, RejectedError, TrainerError, TransientError
from playlist_trainer.fingerprint import fingerprint_of
from playlist_trainer.plan import KeptModels, Plan, plan_for
from playlist_trainer.settings import Settings
from playlist_trainer.status import Learning, Outcome, note_status
from playlist_trainer.summary import rejection, summary, warnings
from playlist_trainer.timings import StageTimer

if TYPE_CHECKING:
    from playlist_model import Model

_log = logging.getLogger(__name__)

# How often a run begins again because another trainer was first.
_MOST_LOOKS = 3


def _tell_nobody(_lines: str) -> None:
    pass


def reconcile(settings: Settings, tell: Callable[[str], None] = _tell_nobody) -> str:
    """Bring the model store to what the settings ask for.

    Args:
        settings: what is asked for.
        tell: takes some lines for people about a model that was made.

    Returns:
        one sentence about what was done.

    Raises:
        RejectedError: the gate rejected the candidate, and ``gate_on_reject`` is ``fail``.
        TrainerError: nothing was published; the current model stays.
        ModelError: another trainer holds the store, or ``rollback_to`` names no model that can be used.
        OSError: the store can't be written.
    """
    outcome = _looked_again(settings, tell)
    if outcome.name == REJECTED:
        if settings.gate_on_reject == "fail":
            raise RejectedError(outcome.message)
        _log.warning("%s", outcome.message)
    return outcome.message


def _looked_again(settings: Settings, tell: Callable[[str], None]) -> Outcome:
    """Reconcile; where another trainer was first, look at what it left, and do what is still to be done."""
    for look in range(1, _MOST_LOOKS + 1):
        try:
            return _noted(settings, tell, is_last=look == _MOST_LOOKS)
        except StoreChangedError as error:
            if look == _MOST_LOOKS:
                raise
            _log.warning("lost to another trainer: %s", error)
    raise AssertionError


def _noted(settings: Settings, tell: Callable[[str], None], is_last: bool) -> Outcome:
    """Reconcile, and leave how it ended in the store."""
    with writing(settings.store(), settings.keep_models, settings.lock_timeout_s) as writer:  # (1)
        learning = Learning()
        try:
            outcome = _reconciled(writer, settings, tell, learning)
        except (TrainerError, ModelError, OSError) as error:
            if is_last or not isinstance(error, StoreChangedError):
                note_status(writer, Outcome("failed", str(error), ""), learning)
            raise
        note_status(writer, outcome, learning)
    return outcome


def _reconciled(writer: ModelWriter, settings: Settings, tell: Callable[[str], None], learning: Learning) -> Outcome:
    kept = KeptModels(writer.store)
    if settings.rollback_to:  # (2)
        if not kept.is_settled_on(settings.rollback_to):
            writer.store.check(settings.rollback_to)
        return _applied(writer, kept, Plan("point", settings.rollback_to), settings)
    writer.make_room()  # before the download, which needs it too
    timer = StageTimer.for_people()
    known = _known_source(writer.store)
    expected = _plan(kept, known, settings) if known else Plan("train")
    try:
        with timer.timed("fetch", shows_itself=True):  # (3)
            dataset = fetch(settings, writer.scratch_path, known if expected.action != "train" else None)
    except (DatasetError, DatasetUnavailableError) as error:
        if known is None or expected.action == "train" or not came_from_the_same_server(known, settings):
            raise
        return _unseen(_applied(writer, kept, expected, settings), error)
    if dataset is None:
        return _applied(writer, kept, expected, settings)
    _note_source(writer, known, dataset.source)
    plan = _plan(kept, dataset.source, settings)  # (4)
    if plan.action != "train":
        return _applied(writer, kept, plan, settings)
    learning.begin(timer.seconds)
    model = _trained(writer, kept, dataset, settings, timer)  # (5)
    learning.end(model.manifest)
    for warning in warnings(model):
        _log.warning("%s", warning)
    tell(summary(model, kept.yardstick.manifest if kept.yardstick else None))
    if model.manifest.is_rejected and kept.current is None and kept.yardstick is not None:
        writer.point_at(kept.yardstick.manifest.model_id)  # what the pointer names can't be used
    return _outcome_of(model, settings)


def _plan(kept: KeptModels, source: Source, settings: Settings) -> Plan:
    if settings.force:
        return Plan("train")
    return plan_for(kept, fingerprint_of(source.sha256, settings), settings)


def _applied(writer: ModelWriter, kept: KeptModels, plan: Plan, settings: Settings) -> Outcome:
    """Do what is needed short of training."""
    model_id = plan.model_id
    if plan.action == "rolled back":
        words = (
            f"nothing to do: a roll-back to {model_id} turned away from the model that this would make; "
            "change an input, or use --force"
        )
        return Outcome("unchanged", words, model_id)
    if plan.action == "rejected":
        return Outcome(REJECTED, rejection(model_id, plan.reason, settings), model_id)
    if plan.action == "point" and not kept.is_settled_on(model_id):
        writer.point_at(model_id)
        return Outcome("pointed", f"made the kept model {model_id} the current one", model_id)
    return Outcome("unchanged", f"model {model_id} is up to date; nothing to do", model_id)


def _unseen(outcome: Outcome, error: TrainerError) -> Outcome:
    """Say that the dataset could not be looked at; a rejection stays one."""
    if outcome.name == REJECTED:
        return replace(outcome, message=f"{outcome.message}; could not look at the dataset: {error}")
    message = f"kept model {outcome.model_id}: could not look at the dataset, and nothing else changed: {error}"
    _log.warning("%s", message)
    return Outcome("unseen", message, outcome.model_id)


def _trained(writer: ModelWriter, kept: KeptModels, dataset: Dataset, settings: Settings, timer: StageTimer) -> "Model":
    """Make a candidate and publish it, unless the gate rejected it."""
    # Polars and numpy take most of a second to import: not for a run that finds nothing to do.
    from playlist_model import Model  # noqa: PLC0415
    from playlist_trainer.pipeline import make_candidate  # noqa: PLC0415

    candidate = make_candidate(dataset, settings, timer, kept.yardstick, writer.scratch_path)
    try:
        manifest = writer.publish(candidate.songs, candidate.rules, candidate.training, candidate.held_out)
    except OSError as error:
        raise TransientError(
            f"the model could not be written to {writer.store.name} ({error.strerror or error}): "
            "make room on the volume; the model before it stays current"
        ) from error
    return Model(manifest, candidate.songs, candidate.rules, candidate.held_out)


def _outcome_of(model: "Model", settings: Settings) -> Outcome:
    manifest = model.manifest
    if manifest.is_rejected:
        return Outcome(REJECTED, rejection(manifest.model_id, manifest.gate["reason"], settings), manifest.model_id)
    words = (
        f"published model {manifest.model_id}: {counted(manifest.rule_count, 'rule')} on "
        f"{counted(len(model.songs), 'song')} from {counted(manifest.dataset['playlists'], 'playlist')}"
    )
    if manifest.gate:
        words += f"; gate: {manifest.gate['outcome']}, {manifest.gate['reason']}"
    return Outcome("published", words, manifest.model_id)


def _known_source(store: ModelStore) -> Source | None:
    content = store.source()
    return None if content is None else Source.parse(content)


def _note_source(writer: ModelWriter, known: Source | None, found: Source) -> None:
    """Remember what was found; a look that found the same leaves the note as it is."""
    if known is None or replace(found, checked_at=known.checked_at) != known:
        writer.note_source(found.dump())
