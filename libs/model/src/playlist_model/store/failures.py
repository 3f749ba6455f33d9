"""What went wrong with a model store, in a sentence of our own."""

from playlist_model.errors import StoreError, StoreRefusedError, StoreUnavailableError
from playlist_model.store.diagnosis import Diagnosis, Kind, diagnosis_of, status_of

SETTINGS = "modelStore.* / PLAYLIST_MODEL_STORE_*"
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gs": "GOOGLE_SERVICE_ACCOUNT",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}


def failure_of(scheme: str, name: str, error: BaseException) -> StoreError | None:
    """Return the error for what obstore raised; None for what is none of its faults.

    Args:
        scheme: of the store's address.
        name: the store's address as it may be shown.
        error: what was raised.
    """
    found = diagnosis_of(error)
    if found is None:
        return None
    passing = _passing(found)
    if passing:
        return StoreUnavailableError(f"{name} {passing}")
    return StoreRefusedError(f"{name}{_refused(found, scheme)}")


def is_beyond_the_end(error: BaseException) -> bool:
    """Tell whether a range was asked for that an object does not reach."""
    return status_of(str(error)) == 416 or "InvalidRange" in str(error)


def _passing(found: Diagnosis) -> str:
    """Return what to say of a failure that may pass; "" for others."""
    if found.kind in {Kind.NO_OBJECT, Kind.NOT_UNDERSTOOD}:
        return f"answered what nobody understands: try again later, or check {SETTINGS}"
    if found.kind is Kind.CONNECTION:
        return f"{found.words}: try again later, or check {SETTINGS}"
    return f"answered {found.status}: try again later" if found.kind is Kind.BUSY else ""


def _refused(found: Diagnosis, scheme: str) -> str:
    keys = CREDENTIALS[scheme]
    words = {
        Kind.ODD_SETTINGS: f" can't be asked for: check {SETTINGS}",
        Kind.NO_BUCKET: f": there is no such bucket: make it, or check {SETTINGS}",
        Kind.FORBIDDEN: " is forbidden: the store did not accept the credentials, or they may not do this: "
        f"check {keys}",
        Kind.NO_CREDENTIALS: f": there are no credentials: set {keys} (modelStore.existingSecret), or give the pod an "
        "identity",
        Kind.UNTRUSTED: " has a certificate that can't be trusted: name the authority that signed it in "
        "modelStore.caBundle / PLAYLIST_MODEL_STORE_CA_BUNDLE",
        Kind.PLAIN_HTTP: " is at an http address: use https, or set modelStore.allowHttp",
    }
    return words.get(found.kind, f" answered {found.status}, expected 200: check {SETTINGS}")
