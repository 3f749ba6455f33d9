"""What a published model says of itself: manifest.json, and the pointer that names the current model."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, get_origin

from playlist_model.errors import ModelDamagedError, ModelFormatError, PointerError

FORMAT_VERSION = 1
# The gate's outcome for a model that is kept, listed, and not made current.
REJECTED = "rejected"


@dataclass(frozen=True)
class FileEntry:
    """One array file: how many bytes it has, what they hash to, and what stands in it."""

    bytes: int
    sha256: str
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Training:
    """What the trainer knows of a model before it is published.

    Attributes:
        model_date: when it was trained, UTC.
        fingerprint: hex, of everything that determines the model.
        dataset: url (without user and query), etag, sha256, bytes, rows, playlists, songs.
        parameters: the settings that shaped the rules.
        engine: which one mined the itemsets.
        trainer_version: of the code that trained.
        seconds: per stage of the training.
        evaluation: the short form of an evaluation, empty when it was switched off.
        scoring: how its rules were chosen and scored; empty for rules without scores.
        gate: how the model compares with the one that was current, and the outcome: ``accepted``, ``rejected`` or
            ``not judged``; empty where nothing was compared.
        changes: songs that came and went since the model that was current; empty where there was none.
    """

    model_date: datetime
    fingerprint: str
    dataset: Mapping[str, Any]
    parameters: Mapping[str, Any]
    engine: str
    trainer_version: str
    seconds: Mapping[str, float] = field(default_factory=dict)
    evaluation: Mapping[str, Any] = field(default_factory=dict)
    scoring: Mapping[str, Any] = field(default_factory=dict)
    gate: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """manifest.json: a training, and the files that it left; keys with a default came after the first version."""

    format_version: int
    model_id: str
    model_date: str
    fingerprint: str
    dataset: Mapping[str, Any]
    parameters: Mapping[str, Any]
    engine: str
    trainer_version: str
    rule_count: int
    seconds: Mapping[str, float]
    evaluation: Mapping[str, Any]
    files: Mapping[str, FileEntry]
    scoring: Mapping[str, Any] = field(default_factory=dict)
    gate: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_rejected(self) -> bool:
        """Whether the gate kept the model from becoming current."""
        return self.gate.get("outcome") == REJECTED

    @classmethod
    def of(cls, model_id: str, training: Training, rule_count: int, files: Mapping[str, FileEntry]) -> "Manifest":
        """Put together what is known once the files are written."""
        return cls(
            format_version=FORMAT_VERSION,
            model_id=model_id,
            model_date=rfc3339(training.model_date),
            fingerprint=training.fingerprint,
            dataset=training.dataset,
            parameters=training.parameters,
            engine=training.engine,
            trainer_version=training.trainer_version,
            rule_count=rule_count,
            seconds=training.seconds,
            evaluation=training.evaluation,
            files=files,
            scoring=training.scoring,
            gate=training.gate,
            changes=training.changes,
        )

    @classmethod
    def parse(cls, content: bytes, where: str) -> "Manifest":
        """Read a manifest; keys that this reader does not know are left alone.

        Raises:
            ModelFormatError: not a manifest, or of another format version.
            ModelDamagedError: of this version, and a field is missing or wrong.
        """
        values = _json_object(content, where)
        version = values.get("format_version")
        if version is None:
            raise ModelFormatError(f"{where}: not a manifest of a model: no format_version in it")
        if version != FORMAT_VERSION or isinstance(version, bool):
            raise ModelFormatError(f"{where}: format_version {version!r}, this reader knows {FORMAT_VERSION}")
        try:
            files = {
                _file_name(name): FileEntry(entry["bytes"], entry["sha256"], entry["dtype"], tuple(entry["shape"]))
                for name, entry in values["files"].items()
            }
            declared = cls.__dataclass_fields__.items()
            checked = {
                name: _of_kind(name, values[name], column.type)
                for name, column in declared
                if name in values or column.default_factory is MISSING
            }
            return cls(**checked | {"files": files})
        except (KeyError, TypeError, AttributeError) as error:
            raise ModelDamagedError(f"{where}: a field is missing or wrong: {error}") from error

    def dump(self) -> bytes:
        """Return the bytes of manifest.json.

        Raises:
            ValueError: a number is NaN or infinite.
        """
        return _dump(asdict(self))


@dataclass(frozen=True)
class Pointer:
    """current.json: which model is current.

    Attributes:
        model_id: the folder below models/.
        manifest_sha256: hex, of that model's manifest.json.
        rejected_fingerprint: of the model that a roll-back turned away from, until another training is published.
        revision: tells this pointer from every other one, equal as they may be; empty in a folder.
        removing: models that are being removed, and must not be pointed at again; empty in a folder.
    """

    model_id: str
    manifest_sha256: str
    rejected_fingerprint: str | None = None
    revision: str = ""
    removing: tuple[str, ...] = ()

    @classmethod
    def parse(cls, content: bytes, where: str) -> "Pointer":
        """Read a pointer.

        Raises:
            PointerError: not a pointer.
        """
        try:
            values = _json_object(content, where)
            pointer = cls(
                values["model_id"],
                values["manifest_sha256"],
                values.get("rejected_fingerprint"),
                str(values.get("revision", "")),
                tuple(filter(is_plain_name, values.get("removing") or ())),
            )
        except (ModelFormatError, KeyError, TypeError) as error:
            raise PointerError(f"{where}: not a pointer to a model: {content[:80]!r}") from error
        if not is_plain_name(pointer.model_id):
            raise PointerError(f"{where}: model_id {pointer.model_id!r} is not the name of a model")
        return pointer

    def dump(self) -> bytes:
        """Return the bytes of current.json."""
        return _dump({name: value for name, value in asdict(self).items() if value})


def rfc3339(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_plain_name(name: object) -> bool:
    """Tell whether a name that was read stays within its folder, and is one that a file system takes."""
    return isinstance(name, str) and name.isprintable() and "/" not in name and name not in {"", ".", ".."}


def _file_name(name: str) -> str:
    if not is_plain_name(name):
        raise TypeError(f"files: {name!r} is not the name of a file")
    return name


def _of_kind(name: str, value: Any, kind: Any) -> Any:
    expected = get_origin(kind) or kind
    if not isinstance(value, expected):
        raise TypeError(f"{name}: {type(value).__name__}, expected {expected.__name__}")
    return value


def _json_object(content: bytes, where: str) -> dict[str, Any]:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFormatError(f"{where}: not JSON: {content[:80]!r}") from error
    if not isinstance(values, dict):
        raise ModelFormatError(f"{where}: not a JSON object: {content[:80]!r}")
    return values


def _dump(values: Mapping[str, Any]) -> bytes:
    # NaN is not JSON: readers that are not Python would refuse the whole file.
    return json.dumps(values, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"
