"""The model that requests are answered from, and how a newer one takes its place while they are."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from playlist_api.live_state import LiveState, Reload
from playlist_api.store_notes import StoreNotes
from playlist_model import Model, ModelError, ModelStore, Pointer

_log = logging.getLogger(__name__)

# A damaged model is tried again though its pointer has not changed: a volume may heal.
RETRY_INTERVAL_S = 10.0
# For each second of hashing a new model, this many of leaving the processor to requests.
_PAUSE_RATIO = 4.0


@dataclass(frozen=True)
class _Look:
    """What one look at the pointer found: its content (None: there is no pointer), or why it can't be read."""

    content: bytes | None = None
    fault: str = ""


class LiveModel:
    """Holds the current model; a request takes it once and keeps it to its end.

    Only the refreshing thread changes it, by assigning one reference; so readers need no lock.

    Attributes:
        state: of this moment.
        began_at: when this was made, which is when the process began.
        store_errors: how often the store could not be asked since the start.
        is_store_up: whether it could the last time; None until it was asked.
        notes: what else is in the store.
        on_reload: told of each model put into use, and of each fault once.
    """

    def __init__(
        self,
        store: ModelStore,
        interval_s: float = 1.0,
        retry_interval_s: float = RETRY_INTERVAL_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = LiveState()
        self.began_at = datetime.now(UTC)
        self.store_errors = 0
        self.is_store_up: bool | None = None
        self.on_reload: Callable[[Reload], object] | None = None
        self.notes = StoreNotes(store, clock)
        self._store = store
        self._interval_s = interval_s
        self._retry_interval_s = retry_interval_s
        self._clock = clock
        self._seen: _Look | None = None
        self._retry_at = 0.0
        self._in_use: Pointer | None = None
        # A fault alone does not say that there ever was a model.
        self._was_published = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model-refresh", daemon=True)

    @property
    def current(self) -> Model | None:
        """The model to answer from; None while there is none."""
        return self.state.model

    def store_space_bytes(self) -> tuple[int, int] | None:
        """Return size and free space of the volume that models are kept on; None with an object store."""
        return None if self._store.is_remote else self._store.space_bytes()

    def start(self) -> None:
        """Begin to look for newer models; the first look is taken at once."""
        self._thread.start()

    def stop(self) -> None:
        """End looking, and wait for a look that is being taken."""
        self._stopping.set()
        self._thread.join()

    def refresh(self) -> None:
        """Take one look, and load what the pointer names if that is new, or failed a while ago.

        A fault of the folder raises nothing: the model stays, and ``state.fault`` says why.
        """
        look = self._look()
        self.is_store_up = not look.fault
        if look.fault:
            self.store_errors += 1
        is_retry = self.state.fault is not None and self._clock() >= self._retry_at
        if look != self._seen or is_retry:
            self._follow(look)
        if not look.fault:
            self._read_notes(look.content)

    def _follow(self, look: _Look) -> None:
        is_first = self._seen is None
        self._seen = look
        if look.fault:
            self._fail(look.fault)
        elif look.content is None:
            self._miss_pointer(is_first)
        else:
            self._load_current(look.content)

    def _read_notes(self, pointer: bytes | None) -> None:
        try:
            self.notes.refresh(pointer)
        except ModelError as error:
            self.store_errors += 1
            _log.debug("could not read the notes in the store: %s", error)

    def _run(self) -> None:
        while True:
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001 - without this thread there would never be a newer model
                self._note(f"{type(error).__name__}: {error}", error)
            if self._stopping.wait(self._interval_s):
                return

    def _look(self) -> _Look:
        try:
            return _Look(self._store.pointer_content())
        except ModelError as error:
            return _Look(fault=str(error))

    def _pause_ratio(self) -> float:
        """Read at full speed as long as there is no request that it could hold up."""
        return 0.0 if self.state.model is None else _PAUSE_RATIO

    def _load_current(self, pointer_content: bytes) -> None:
        # From here on, a first model is waited for.
        self._was_published = True
        self.state = replace(self.state, is_published=True)
        try:
            pointer = Pointer.parse(pointer_content, "current.json")
            if not self._uses(pointer):
                self._put_into_use(self._store.load_current)
                self._in_use = pointer
        except ModelError as error:
            self._fail(str(error))
        else:
            self.state = replace(self.state, fault=None)

    def _uses(self, pointer: Pointer) -> bool:
        """Tell whether a pointer names the very model in use; only what else it says has changed."""
        model, known = self.state.model, self._in_use
        return (
            model is not None
            and known is not None
            and (known.model_id, known.manifest_sha256) == (pointer.model_id, pointer.manifest_sha256)
            and model.manifest.model_id == pointer.model_id
        )

    def _miss_pointer(self, is_first: bool) -> None:
        was_published = self.state.model is not None or self._was_published
        try:
            # Only at the start: later, a model without a pointer is one whose publication is just about to end.
            is_lost = was_published or (is_first and bool(self._store.model_ids()))
        except ModelError as error:
            self._fail(str(error))
            return
        if is_lost:
            self._fail("current.json: missing, though a model has been published")
        else:
            self.state = replace(self.state, is_published=False)
            _log.info("no model is published in %s yet: the first one is loaded once it is", self._store.name)

    def _fail(self, message: str) -> None:
        """Note a fault; without a model, answer from the newest one that verifies."""
        self._note(message)
        if self.state.model is None:
            try:
                self._put_into_use(self._store.load_newest)
            except ModelError as error:
                _log.debug("found no other model: %s", error)

    def _note(self, message: str, error: Exception | None = None) -> None:
        before = self.state
        self.state = before.failed(message, datetime.now(UTC))
        self._retry_at = self._clock() + self._retry_interval_s
        if self.state.history is not before.history:
            _log.error(
                "could not load the wanted model: %s; %s",
                message,
                f"keeping {before.model.manifest.model_id}" if before.model else "having none",
                exc_info=error,
            )
            self._tell_of_reload()

    def _put_into_use(self, load: Callable[[float], Model]) -> None:
        started = time.perf_counter()
        model = load(self._pause_ratio())
        took_s = time.perf_counter() - started
        self.state = self.state.loaded(model, datetime.now(UTC), took_s)
        _log.info(
            "loaded model %s: %d songs, %d rules in %.3f s",
            model.manifest.model_id,
            len(model.songs),
            len(model.rules),
            took_s,
        )
        self._tell_of_reload()
        self._store.release(model.manifest.model_id)

    def _tell_of_reload(self) -> None:
        if self.on_reload is not None:
            self.on_reload(self.state.history[0])
