"""What went wrong with a dataset's object store, in a sentence of our own."""

from playlist_model.store.diagnosis import Diagnosis, Kind, diagnosis_of
from playlist_trainer.dataset.object_address import ObjectAddress
from playlist_trainer.errors import DatasetError, DatasetUnavailableError, SettingError, TrainerError
from playlist_trainer.settings import names_of

CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (AWS_SKIP_SIGNATURE=true for a public bucket)",
    "gs": "GOOGLE_SERVICE_ACCOUNT (GOOGLE_SKIP_SIGNATURE=true for a public bucket)",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY (AZURE_SKIP_SIGNATURE=true for a public container)",
}
REGION = "AWS_REGION and AWS_ENDPOINT_URL"


def failure_of(address: ObjectAddress, error: BaseException) -> TrainerError | None:
    """Return the error for what obstore raised; None for what is none of its faults.

    Args:
        address: of the object or prefix that was asked for.
        error: what was raised.
    """
    found = diagnosis_of(error)
    if found is None:
        return None
    shown = address.public
    if found.kind is Kind.BUSY:
        return DatasetUnavailableError(f"the store of {shown} answered {found.status}: try again later")
    if found.kind is Kind.CONNECTION:
        return DatasetUnavailableError(
            f"{shown} can't be read: the store {found.words}: try again later, or check {REGION}"
        )
    return _wrong_setting(address, found.kind) or DatasetError(_wrong_dataset(address, found))


def _wrong_setting(address: ObjectAddress, kind: Kind) -> SettingError | None:
    words = {
        Kind.ODD_SETTINGS: f"{address.public} can't be asked for: correct the store's settings in the environment "
        f"({REGION})",
        Kind.NO_CREDENTIALS: f"no credentials for {address.public}: set {CREDENTIALS[address.scheme]}, or give the pod "
        "an identity",
        Kind.PLAIN_HTTP: f"the store of {address.public} is at an http address: use https, or set AWS_ALLOW_HTTP=true",
    }
    return SettingError(words[kind]) if kind in words else None


def _wrong_dataset(address: ObjectAddress, found: Diagnosis) -> str:
    shown, url = address.public, names_of("dataset_url")
    words = {
        Kind.NOT_UNDERSTOOD: f"{shown} has a key that can't be asked for (an empty part, . or ..): check {url}",
        Kind.NO_BUCKET: _missing(address, f"there is no bucket {address.bucket}"),
        Kind.NO_OBJECT: _missing(address, f"there is no object {address.key!r} in the bucket {address.bucket}"),
        Kind.FORBIDDEN: f"{shown} is forbidden: the store did not accept the credentials, or they may not read "
        f"{address.key!r} in the bucket {address.bucket}: check {CREDENTIALS[address.scheme]}",
        Kind.UNTRUSTED: f"the store of {shown} has a certificate that can't be trusted: check AWS_ENDPOINT_URL, or "
        f"name the authority that signed it in {names_of('dataset_ca_bundle')}",
    }
    if found.status == 404:
        return words[Kind.NO_OBJECT]
    status = (
        f"the store of {shown} answered {found.status}, expected 200: check {url} and, in the environment, {REGION}"
    )
    return words.get(found.kind, status)


def _missing(address: ObjectAddress, what: str) -> str:
    return (
        f"{address.public}: {what}: check {names_of('dataset_url')} and, in the environment, {REGION}; "
        "a prefix ends in a slash"
    )
