"""How a wanted model stands to what the folder already holds: often there is nothing to train."""

import logging
from dataclasses import dataclass
from typing import Literal

from playlist_model import ModelError, ModelStore, NoModelError, Pointer

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is to be done about a wanted model.

    Attributes:
        action: ``nothing``: it is current and whole. ``rejected``: a roll-back turned away from it. ``point``: it is
            kept and whole, so the pointer alone moves. ``train``: it has to be made.
        model_id: the model that the action is about; "" for ``train``.
    """

    action: Literal["nothing", "rejected", "point", "train"]
    model_id: str = ""


def plan_for(store: ModelStore, wanted: str) -> Plan:
    """Look for a model with the wanted fingerprint; only one whose every file was verified counts.

    Args:
        store: the folder, its lock held.
        wanted: the fingerprint.
    """
    pointer = _usable_pointer(store)
    if pointer and pointer.rejected_fingerprint == wanted:
        return Plan("rejected", pointer.model_id)
    if pointer and _is_whole_current(store, wanted):
        # A rejection ends when the inputs change, and they have: it is this model now that is wanted.
        return Plan("point" if pointer.rejected_fingerprint else "nothing", pointer.model_id)
    for manifest in store.manifests():
        if manifest.fingerprint != wanted:
            continue
        try:
            store.load(manifest.model_id)
        except ModelError as error:
            _log.warning("passed over a kept model: %s", error)
        else:
            return Plan("point", manifest.model_id)
    return Plan("train")


def _usable_pointer(store: ModelStore) -> Pointer | None:
    try:
        return store.pointer()
    except NoModelError:
        return None
    except ModelError as error:
        _log.warning("the pointer can't be used and will be made anew: %s", error)
        return None


def _is_whole_current(store: ModelStore, wanted: str) -> bool:
    try:
        return store.load_current().manifest.fingerprint == wanted
    except ModelError as error:
        _log.warning("the current model can't be used: %s", error)
        return False
