"""What is to be done about a wanted model: often the store holds it already, and there is nothing to train."""

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from playlist_model import REJECTED, Manifest, ModelError, ModelStore, NoModelError, Pointer, StoreError
from playlist_trainer.evaluation.verdict import verdict
from playlist_trainer.settings import Settings

if TYPE_CHECKING:
    from playlist_model import Model

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """What is to be done about a wanted model.

    Attributes:
        action: ``nothing``: it is current and whole. ``rolled back``: a roll-back turned away from it. ``rejected``:
            the gate did. ``point``: it is kept and whole, so the pointer alone moves. ``train``: it has to be made.
        model_id: the model that the action is about; "" for ``train``.
        reason: why the gate rejected it.
    """

    action: Literal["nothing", "rolled back", "rejected", "point", "train"]
    model_id: str = ""
    reason: str = ""


class KeptModels:
    """The models of a store that is being changed; the current one is verified once."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store

    @cached_property
    def pointer(self) -> Pointer | None:
        """What names the current model; None where nothing that can be used does."""
        try:
            return self.store.pointer()
        except NoModelError:
            return None
        except StoreError:
            raise
        except ModelError as error:
            _log.warning("the pointer can't be used and will be made anew: %s", error)
            return None

    @cached_property
    def current(self) -> Manifest | None:
        """The current model, its files checked; None where there is none that can be used."""
        if self.pointer is None:
            return None
        try:
            return self.store.check_current()
        except StoreError:
            raise
        except ModelError as error:
            _log.warning("the current model can't be used: %s", error)
            return None

    @cached_property
    def yardstick(self) -> "Model | None":
        """What a candidate is compared with: the current model, or if it is damaged the newest one that is whole."""
        candidates = [each for each in self.store.manifests() if not each.is_rejected]
        for manifest in filter(None, (self.current, *candidates)):
            try:
                return self.store.load(manifest.model_id)
            except StoreError:
                raise
            except ModelError as error:
                _log.warning("passed over a kept model: %s", error)
        return None

    def is_settled_on(self, model_id: str) -> bool:
        """Tell whether a model is current and whole, and no roll-back is in force."""
        pointer, current = self.pointer, self.current
        is_current = current is not None and current.model_id == model_id
        return is_current and pointer is not None and pointer.rejected_fingerprint is None


def plan_for(kept: KeptModels, wanted: str, settings: Settings) -> Plan:
    """Look for a model with the wanted fingerprint; only one whose every file was verified counts.

    Args:
        kept: what the store holds.
        wanted: the fingerprint.
        settings: say whether a candidate that the gate rejected is still rejected.
    """
    pointer, current = kept.pointer, kept.current
    if pointer and pointer.rejected_fingerprint == wanted:
        return Plan("rolled back", pointer.model_id)
    if current and current.fingerprint == wanted:
        # A rejection by roll-back ends when the inputs change, and they have: it is this model now that is wanted.
        model_id = current.model_id
        return Plan("nothing" if kept.is_settled_on(model_id) else "point", model_id)
    for manifest in kept.store.manifests():
        if manifest.fingerprint == wanted:
            plan = _plan_for_kept(kept, manifest, settings)
            if plan.action != "train":
                return plan
    return Plan("train")


def _plan_for_kept(kept: KeptModels, manifest: Manifest, settings: Settings) -> Plan:
    if manifest.is_rejected and settings.gate:
        yardstick = kept.yardstick
        if yardstick is None or manifest.gate.get("compared_with") != yardstick.manifest.model_id:
            return Plan("train")  # it was compared with another model
        found = verdict(manifest.gate, settings.gate_max_recall_drop)
        if found["outcome"] == REJECTED:
            return Plan("rejected", manifest.model_id, found["reason"])
    try:
        kept.store.check(manifest.model_id)
    except StoreError:
        raise
    except ModelError as error:
        _log.warning("passed over a kept model: %s", error)
        return Plan("train")
    return Plan("point", manifest.model_id)
