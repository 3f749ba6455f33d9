"""What each command sets, worked out from the files of one commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playlist_bump.clone import Clone
from playlist_bump.errors import InputError, ValuesError
from playlist_bump.looks import Look, Looks
from playlist_bump.scalars import Scalar, written
from playlist_bump.values_text import edited, value_at, values_of

INSTALLATION = "argocd/values.yaml"
_ENVIRONMENTS = "argocd/environments"
COMPONENTS = ("api", "trainer")
_PROMOTED = tuple(f"{component}.image.{key}" for component in COMPONENTS for key in ("tag", "digest"))


@dataclass(frozen=True)
class Head:
    """The files of a commit of the remote's branch."""

    clone: Clone
    commit: str

    def path_of(self, environment: str | None) -> str:
        """Return the path of an environment's values; of the one installation's for None.

        Raises:
            InputError: there is no such environment; the message lists those that exist.
        """
        if environment is None:
            return INSTALLATION
        files = self.clone.files_below(self.commit, _ENVIRONMENTS)
        names = [path.split("/")[2] for path in files if path.count("/") == 3 and path.endswith("/values.yaml")]
        if environment not in names:
            there = f"those of {self.clone.upstream} are {', '.join(names)}" if names else "there are none"
            raise InputError(f"there is no environment {environment!r}: {there}")
        return f"{_ENVIRONMENTS}/{environment}/values.yaml"

    def values(self, path: str) -> dict[str, Any]:
        """Return what a file of values says."""
        try:
            return values_of(self.clone.read(self.commit, path))
        except ValuesError as error:
            raise ValuesError(f"{path}: {error}") from None


@dataclass(frozen=True)
class Change:
    """Values to set in a file.

    Attributes:
        path: of the file, in the repository.
        values: by path, such as ``api.replicas``.
        subject: the commit's first line.
        found: what is the case when all values stand there already; "" for just that.
    """

    path: str
    values: Mapping[str, Scalar]
    subject: str
    found: str = ""

    def on(self, text: str) -> str:
        """Return the file's text with the values set."""
        try:
            return edited(text, self.values)
        except ValuesError as error:
            raise ValuesError(f"{self.path}: {error}") from None

    @property
    def standing(self) -> str:
        """What to say when there is nothing to do."""
        return self.found or f"{self.path} says so already"

    @property
    def message(self) -> str:
        """The commit's message."""
        lines = "".join(f"{path}: {written(value)}\n" for path, value in self.values.items())
        return f"{self.subject}\n\n{lines}"


Edit = Callable[[Head], Change]


def replicas(count: int, environment: str | None) -> Edit:
    """Scale the API."""

    def edit(head: Head) -> Change:
        subject = f"{_label(environment)}: {count} replica{'s' if count != 1 else ''}"
        return Change(head.path_of(environment), {"api.replicas": count}, subject)

    return edit


def image(component: str, tag: str, digest: str, environment: str | None) -> Edit:
    """Ship code; a digest that stood there is of the old image, so it goes unless a new one is given."""

    def edit(head: Head) -> Change:
        path, key = head.path_of(environment), f"{component}.image"
        values: dict[str, Scalar] = {f"{key}.tag": tag}
        if digest or value_at(head.values(path), f"{key}.digest"):
            values[f"{key}.digest"] = digest
        return Change(path, values, f"{_label(environment)}: {component} {tag}")

    return edit


def dataset(url: str, looks: Looks, environment: str | None) -> Edit:
    """Retrain, from the bytes that stand behind a URL now."""

    def edit(head: Head) -> Change:
        return _to_look(head.path_of(environment), looks.at(url), environment)

    return edit


def watched(looks: Looks, environment: str | None, url: str = "") -> Edit:
    """Retrain if the bytes behind a URL, mostly the one that stands there, are others than those that are pinned."""

    def edit(head: Head) -> Change:
        path = head.path_of(environment)
        values = head.values(path)
        address = url or value_at(values, "dataset.url")
        if not isinstance(address, str) or not address:
            raise InputError(f"{path} names no dataset.url to watch: `bump dataset URL` writes one")
        look = looks.at(address)
        if not look.sha256:
            return Change(path, {}, "", f"{address} comes with the trainer's image, and changes with it alone")
        if look.sha256 == value_at(values, "dataset.sha256"):
            return Change(path, {}, "", f"the bytes behind {look.url} are those that {path} pins")
        return _to_look(path, look, environment)

    return edit


def _to_look(path: str, look: Look, environment: str | None) -> Change:
    subject = f"{_label(environment)}: dataset {look.name[:30]} {look.sha256[:8]}".rstrip()
    return Change(path, {"dataset.url": look.url, "dataset.sha256": look.sha256}, subject)


def promotion(source: str, target: str) -> Edit:
    """Make what one environment runs what another runs: tags, digests, dataset; nothing else is touched."""
    if source == target:
        raise InputError(f"{source} can't be promoted to itself: give two environments")

    def edit(head: Head) -> Change:
        path = head.path_of(target)
        tried, runs = head.values(head.path_of(source)), head.values(path)
        values = {}
        # Left out means the chart's default, which is empty for all of these.
        for key in (*_PROMOTED, "dataset.sha256"):
            value = value_at(tried, key)
            if value is not None or value_at(runs, key):
                values[key] = _text(value, key)
        url = value_at(tried, "dataset.url")
        if url is None and value_at(runs, "dataset.url") is not None:
            raise InputError(f"{source} names no dataset.url, but {target} does: write one for {source} first")
        if url is not None:
            values["dataset.url"] = _text(url, "dataset.url")
        return Change(path, values, f"{target}: as {source}")

    return edit


def _text(value: object, key: str) -> Scalar:
    """Return a value as it is promoted; a tag may be a number in YAML, and stays what it is."""
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValuesError(f"{key} is {value!r}, expected a text in quotes")


def _label(environment: str | None) -> str:
    return environment or "argocd"
