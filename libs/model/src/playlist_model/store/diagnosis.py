"""What kind of failure an exception of obstore's is.

The texts of obstore's exceptions hold whole requests (signed URLs, access keys, what a server sent), so they are only
searched for what tells one failure from another, and never passed on.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What kind of failure it is."""

    ODD_SETTINGS = auto()
    NO_BUCKET = auto()
    NO_OBJECT = auto()
    NOT_UNDERSTOOD = auto()  # a key that can't be asked for, or an answer that is none
    FORBIDDEN = auto()
    NO_CREDENTIALS = auto()
    UNTRUSTED = auto()
    PLAIN_HTTP = auto()
    BUSY = auto()  # a status that may pass
    REFUSED = auto()  # any other status
    CONNECTION = auto()


@dataclass(frozen=True)
class Diagnosis:
    """One failure.

    Attributes:
        kind: what kind it is.
        status: of the answer; 0 where there was none.
        words: what the store did, of a connection that failed.
    """

    kind: Kind
    status: int = 0
    words: str = ""


_STATUS = re.compile(r"status code: (\d{3})|error code: (\d{3})|\b([45]\d\d) [A-Z][a-z]+")
_METADATA_SERVICE = re.compile(r"169\.254\.\d+\.\d+|/latest/(?:api/token|meta-data)|computeMetadata|/metadata/identity")
_BAD_KEYS = re.compile(r"InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|AuthenticationFailed")
_NO_BUCKET = re.compile(r"NoSuchBucket|ContainerNotFound|bucket does not exist")
# The first that fits; sought in the text for developers, where obstore has nothing else to tell them by.
_CONNECTION = {
    "TimedOut": "was silent for too long, or too slow",
    "kind: Timeout": "was silent for too long, or too slow",
    "ConnectionRefused": "refused the connection",
    "dns error": "has a host name that did not resolve",
    "IncompleteBody": "ended an answer too early",
    "kind: Connect": "could not be connected to",
}


def diagnosis_of(error: BaseException) -> Diagnosis | None:
    """Return what obstore's exception says; None for what is none of its faults."""
    name, text = type(error).__name__, str(error)
    # Rust's panics are no Exception, so that nobody catches them by mistake; here they come from odd settings.
    if name == "PanicException":
        return Diagnosis(Kind.ODD_SETTINGS)
    if _NO_BUCKET.search(text):
        return Diagnosis(Kind.NO_BUCKET)
    is_forbidden = name in {"PermissionDeniedError", "UnauthenticatedError"} or status_of(text) in {401, 403}
    if _BAD_KEYS.search(text) or (is_forbidden and not _METADATA_SERVICE.search(text)):
        return Diagnosis(Kind.FORBIDDEN)
    if isinstance(error, FileNotFoundError):
        return Diagnosis(Kind.NO_OBJECT)
    if isinstance(error, ValueError) or name == "InvalidPathError":
        return Diagnosis(Kind.NOT_UNDERSTOOD)
    is_obstores = any(each.__module__.startswith("obstore") for each in type(error).__mro__)
    return _by_text(text) if is_obstores else None


def status_of(text: str) -> int:
    """Return the status that an exception's text tells of; 0 for none."""
    found = _STATUS.search(text)
    return int(next(filter(None, found.groups()))) if found else 0


def _by_text(text: str) -> Diagnosis:
    status = status_of(text)
    if _METADATA_SERVICE.search(text) and not _passes(status):
        return Diagnosis(Kind.NO_CREDENTIALS)
    if "InvalidCertificate" in text:
        return Diagnosis(Kind.UNTRUSTED)
    if "BadScheme" in text:
        return Diagnosis(Kind.PLAIN_HTTP)
    if not status:
        words = next((words for sign, words in _CONNECTION.items() if sign in text), "broke off the connection")
        return Diagnosis(Kind.CONNECTION, words=words)
    return Diagnosis(Kind.BUSY if _passes(status) else Kind.REFUSED, status)


def _passes(status: int) -> bool:
    return status in {408, 409, 429} or status >= 500
