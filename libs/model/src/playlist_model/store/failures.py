"""What went wrong with an object store, in a sentence of our own.

The texts of obstore's exceptions hold whole requests (signed URLs, access keys, what a server sent), so they are only
searched for what tells one failure from another, and never passed on.
"""

import re

from playlist_model.errors import StoreError, StoreRefusedError, StoreUnavailableError

SETTINGS = "modelStore.* / PLAYLIST_MODEL_STORE_*"
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
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


def failure_of(scheme: str, name: str, error: BaseException) -> StoreError | None:
    """Return the error for what obstore raised; None for what is none of its faults.

    Args:
        scheme: of the store's address.
        name: the store's address as it may be shown.
        error: what was raised.
    """
    kind, text = type(error).__name__, str(error)
    # Rust's panics are no Exception, so that nobody catches them by mistake; here they come from odd settings.
    if kind == "PanicException":
        return StoreRefusedError(f"{name} can't be asked for: check {SETTINGS}")
    if _NO_BUCKET.search(text):
        return StoreRefusedError(f"{name}: there is no such bucket: make it, or check {SETTINGS}")
    is_forbidden = kind in {"PermissionDeniedError", "UnauthenticatedError"} or _status_of(text) in {401, 403}
    if _BAD_KEYS.search(text) or (is_forbidden and not _METADATA_SERVICE.search(text)):
        return StoreRefusedError(
            f"{name} is forbidden: the store did not accept the credentials, or they may not do this: "
            f"check {CREDENTIALS[scheme]}"
        )
    if isinstance(error, (ValueError, FileNotFoundError)):
        return StoreUnavailableError(f"{name} answered what nobody understands: try again later, or check {SETTINGS}")
    is_obstores = any(each.__module__.startswith("obstore") for each in type(error).__mro__)
    return _by_text(scheme, name, text) if is_obstores else None


def is_beyond_the_end(error: BaseException) -> bool:
    """Tell whether a range was asked for that an object does not reach."""
    return _status_of(str(error)) == 416 or "InvalidRange" in str(error)


def _status_of(text: str) -> int:
    found = _STATUS.search(text)
    return int(next(filter(None, found.groups()))) if found else 0


def _by_text(scheme: str, name: str, text: str) -> StoreError:
    status = _status_of(text)
    if _METADATA_SERVICE.search(text) and not _passes(status):
        return StoreRefusedError(
            f"no credentials for {name}: set {CREDENTIALS[scheme]} (modelStore.existingSecret), or give the pod an "
            "identity"
        )
    if "InvalidCertificate" in text:
        return StoreRefusedError(
            f"{name} has a certificate that can't be trusted: name the authority that signed it in "
            "modelStore.caBundle / PLAYLIST_MODEL_STORE_CA_BUNDLE"
        )
    if "BadScheme" in text:
        return StoreRefusedError(f"{name} is at an http address: use https, or set modelStore.allowHttp")
    if not status:
        words = next((words for sign, words in _CONNECTION.items() if sign in text), "broke off the connection")
        return StoreUnavailableError(f"{name} {words}: try again later, or check {SETTINGS}")
    if _passes(status):
        return StoreUnavailableError(f"{name} answered {status}: try again later")
    return StoreRefusedError(f"{name} answered {status}, expected 200: check {SETTINGS}")


def _passes(status: int) -> bool:
    return status in {408, 409, 429} or status >= 500
