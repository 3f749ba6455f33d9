"""What a command sets, worked out from the files of one commit; scaling and shipping code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playlist_bump.clone import Clone
from playlist_bump.errors import InputError, ValuesError
from playlist_bump.scalars import Scalar, written
from playlist_bump.values_text import edited, value_at, values_of

INSTALLATION = "argocd/values.yaml"
_CHART = "charts/playlist-recommender"
_ENVIRONMENTS = "argocd/environments"
COMPONENTS = ("api", "trainer")


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

    def defaults(self) -> dict[str, Any]:
        """Return what the chart's own values say, for all installations; nothing where the chart is elsewhere."""
        path = f"{_CHART}/values.yaml"
        return self.values(path) if path in self.clone.files_below(self.commit, _CHART) else {}

    def setting(self, path: str, key: str) -> Any:
        """Return what holds for an installation: what its file of values says, else the chart's default, or None."""
        own = value_at(self.values(path), key)
        return value_at(self.defaults(), key) if own is None else own

    def secret_of(self, path: str) -> str:
        """Return the name of the Secret that an installation takes its dataset's URL from; "" for none."""
        name = self.setting(path, "dataset.existingSecret")
        return "" if name is None else str(name)


@dataclass(frozen=True)
class Change:
    """Values to set in a file.

    Attributes:
        path: of the file, in the repository.
        values: by path, such as ``api.replicas``.
        subject: the commit's first line.
        found: what is the case when all values stand there already; "" for just that.
        notes: what to know about it beside what it sets, one sentence each.
    """

    path: str
    values: Mapping[str, Scalar]
    subject: str
    found: str = ""
    notes: tuple[str, ...] = ()

    def on(self, text: str) -> str:
        """Return the file's text with the values set."""
        try:
            return edited(text, self.values)
        except ValuesError as error:
            raise ValuesError(f"{self.path}: {error}") from None

    @property
    def standing(self) -> str:
        """What to say when there is nothing to do."""
        return self.found or f"{self.path} already has {'this value' if len(self.values) == 1 else 'these values'}"

    @property
    def message(self) -> str:
        """The commit's message."""
        lines = "".join(f"{path}: {written(value)}\n" for path, value in self.values.items())
        return f"{self.subject}\n\n{lines}"


Edit = Callable[[Head], Change]


def replicas(count: int, environment: str | None) -> Edit:
    """Scale the API."""

    def edit(head: Head) -> Change:
        path = head.path_of(environment)
        notes = []
        if head.setting(path, "api.autoscaling.enabled") is True:
            notes.append(
                f"api.autoscaling.enabled is true for {path}, so the autoscaler sets the number of pods and "
                "api.replicas changes nothing: edit api.autoscaling.minReplicas and maxReplicas instead"
            )
        subject = f"{label(environment)}: {count} replica{'s' if count != 1 else ''}"
        return Change(path, {"api.replicas": count}, subject, notes=tuple(notes))

    return edit


def image(component: str, tag: str, digest: str, environment: str | None) -> Edit:
    """Ship code; a digest that stood there is of the old image, so it goes unless a new one is given."""

    def edit(head: Head) -> Change:
        path, key = head.path_of(environment), f"{component}.image"
        values: dict[str, Scalar] = {f"{key}.tag": tag}
        if digest or value_at(head.values(path), f"{key}.digest"):
            values[f"{key}.digest"] = digest
        notes = []
        if component == "trainer" and head.setting(path, "training.engine") == "spark":
            notes.append(
                f"training.engine is spark for {path}, so trainings run training.spark.image and trainer.image changes "
                "nothing: edit training.spark.image.tag instead"
            )
        return Change(path, values, f"{label(environment)}: {component} {tag}", notes=tuple(notes))

    return edit


def label(environment: str | None) -> str:
    """Return what a commit's first line calls an installation."""
    return environment or "argocd"
