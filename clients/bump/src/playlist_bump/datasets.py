"""Which dataset an installation learns from: a URL, and the bytes behind it."""

from playlist_bump.changes import Change, Edit, Head, label
from playlist_bump.errors import InputError
from playlist_bump.looks import Look, Looks
from playlist_bump.reading import Reading
from playlist_bump.values_text import value_at

_SHA256 = "dataset.sha256"


def dataset(url: str, looks: Looks, environment: str | None) -> Edit:
    """Retrain, from the bytes that stand behind a URL now."""

    def edit(head: Head) -> Change:
        path = head.path_of(environment)
        _refuse_secret(
            head,
            path,
            "and the chart refuses a dataset.url beside it: remove dataset.existingSecret first, or change the URL in "
            "the Secret",
        )
        return _to_look(head, path, _looked(head, path, url, looks), environment)

    return edit


def watched(looks: Looks, environment: str | None, url: str | None = None) -> Edit:
    """Retrain if the bytes behind a URL, mostly the one that stands there, are others than those that are pinned."""

    def edit(head: Head) -> Change:
        path = head.path_of(environment)
        _refuse_secret(
            head,
            path,
            "so that there is no URL in Git to watch: leave it to training.reconcile, which looks behind the Secret's "
            "URL",
        )
        values = head.values(path)
        address = value_at(values, "dataset.url") if url is None else url
        if url is None and (not isinstance(address, str) or not address):
            raise InputError(f"{path} names no dataset.url to watch: `bump dataset URL` writes one")
        look = _looked(head, path, address, looks)
        if not look.sha256:
            return Change(path, {}, "", f"{address} comes with the trainer's image, and changes with it alone")
        if is_same_pin(look.sha256, value_at(values, _SHA256)):
            return Change(path, {}, "", f"the bytes behind {look.url} are those that {path} pins")
        return _to_look(head, path, look, environment)

    return edit


def is_same_pin(one: object, other: object) -> bool:
    """Tell whether two sha256 pin the same bytes, in capitals or not."""
    return one == other or (isinstance(one, str) and isinstance(other, str) and one.lower() == other.lower())


def _refuse_secret(head: Head, path: str, consequence: str) -> None:
    if secret := head.secret_of(path):
        raise InputError(
            f"{path} takes the dataset's URL from the Secret {secret!r} (dataset.existingSecret), {consequence}"
        )


def _looked(head: Head, path: str, url: str, looks: Looks) -> Look:
    return looks.at(url, Reading.of(head.values(path), head.defaults()))


def _to_look(head: Head, path: str, look: Look, environment: str | None) -> Change:
    subject = f"{label(environment)}: dataset {look.name[:30]} {look.sha256[:8]}".rstrip()
    pinned = value_at(head.values(path), _SHA256)
    sha256 = pinned if is_same_pin(look.sha256, pinned) else look.sha256
    notes = []
    if look.is_of_this_machine:
        notes.append(
            f"{look.url} was read on this machine; the trainer's pod finds it only if it is mounted there, by "
            "trainer.extraVolumes and trainer.extraVolumeMounts"
        )
    return Change(path, {"dataset.url": look.url, _SHA256: sha256}, subject, notes=tuple(notes))
