"""What went wrong with an object store, in a sentence of our own.

The texts of obstore's exceptions hold whole requests (signed URLs, access keys, what a server sent), so they are only
searched for what tells one failure from another, and never passed on.
"""

import re

from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError, TrainerError
from playlist_trainer.settings import names_of

CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SKIP_SIGNATURE=true for a public bucket)",
    "gs": "GOOGLE_SERVICE_ACCOUNT (GOOGLE_SKIP_SIGNATURE=true for a public bucket)",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (AZURE_SKIP_SIGNATURE=true for a public container)",
}
REGION = "AWS_REGION and AWS_ENDPOINT_URL"
_STATUS = re.compile(r"status code: (\d{3})")
_METADATA_SERVICE = re.compile(r"169\.254\.\d+\.\d+|/latest/(?:api/token|meta-data)|computeMetadata|/metadata/identity")
# The first that fits; sought in the text for developers, where obstore has nothing else to tell them by.
_CONNECTION = {
    "TimedOut": "was silent for too long, or too slow",
    "kind: Timeout": "was silent for too long, or too slow",
    "ConnectionRefused": "can't be read: the store refused the connection",
    "dns error": "can't be read: the store's host name did not resolve",
    "IncompleteBody": "ended too early",
    "kind: Connect": "can't be read: no connection to the store",
}


def failure_of(address: ObjectAddress, error: BaseException) -> TrainerError | None:
    """Return the error for what obstore raised; None for what is none of its faults.

    Args:
        address: of the object or prefix that was asked for.
        error: what was raised.
    """
    kind = type(error).__name__
    # Rust's panics are no Exception, so that nobody catches them by mistake; here they come from odd settings.
    if kind == "PanicException":
        return SettingError(
            f"{address.public} can't be asked for: correct the store's settings in the environment ({REGION})"
        )
    if isinstance(error, ValueError) or kind == "InvalidPathError":
        return DatasetError(
            f"{address.public} has a key that can't be asked for (an empty part, . or ..): "
            f"check {names_of('dataset_url')}"
        )
    if isinstance(error, FileNotFoundError):
        return _missing(address, str(error))
    if kind in {"PermissionDeniedError", "UnauthenticatedError"}:
        return _forbidden(address)
    is_obstores = any(each.__module__.startswith("obstore") for each in type(error).__mro__)
    return _by_text(address, str(error)) if is_obstores else None


def _by_text(address: ObjectAddress, text: str) -> TrainerError:
    status = _STATUS.search(text)
    if _METADATA_SERVICE.search(text) and not (status and _passes(int(status[1]))):
        return SettingError(
            f"no credentials for {address.public}: set {CREDENTIALS[address.scheme]}, or give the pod an identity"
        )
    return _by_status(address, int(status[1]), text) if status else _by_connection(address, text)


def _passes(status: int) -> bool:
    return status in {408, 429} or status >= 500


def _missing(address: ObjectAddress, text: str) -> DatasetError:
    if "NoSuchBucket" in text or "ContainerNotFound" in text or "bucket does not exist" in text:
        what = f"there is no bucket {address.bucket}"
    else:
        what = f"there is no object {address.key!r} in the bucket {address.bucket}"
    return DatasetError(
        f"{address.public}: {what}: check {names_of('dataset_url')} and, in the environment, {REGION}; "
        "a prefix ends in a slash"
    )


def _forbidden(address: ObjectAddress) -> DatasetError:
    return DatasetError(
        f"{address.public} is forbidden: the store did not accept the credentials, or they may not read "
        f"{address.key!r} in the bucket {address.bucket}: check {CREDENTIALS[address.scheme]}"
    )


def _by_status(address: ObjectAddress, status: int, text: str) -> TrainerError:
    shown = address.public
    if _passes(status):
        return DatasetUnavailableError(f"the store of {shown} answered {status}: try again later")
    if status == 404:
        return _missing(address, text)
    if status in {401, 403}:
        return _forbidden(address)
    return DatasetError(
        f"the store of {shown} answered {status}, expected 200: check {names_of('dataset_url')} and, "
        f"in the environment, {REGION}"
    )


def _by_connection(address: ObjectAddress, text: str) -> TrainerError:
    shown = address.public
    if "InvalidCertificate" in text:
        return DatasetError(
            f"the store of {shown} has a certificate that can't be trusted: check AWS_ENDPOINT_URL, or name the "
            f"authority that signed it in {names_of('dataset_ca_bundle')}"
        )
    if "BadScheme" in text:
        return SettingError(f"the store of {shown} is at an http address: use https, or set AWS_ALLOW_HTTP=true")
    found = next((words for sign, words in _CONNECTION.items() if sign in text), "broke off the connection")
    return DatasetUnavailableError(f"{shown} {found}: try again later, or check {REGION}")
