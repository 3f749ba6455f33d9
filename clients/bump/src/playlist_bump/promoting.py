"""What one environment runs becomes what another runs."""

from typing import Any

from playlist_bump.changes import COMPONENTS, Change, Edit, Head
from playlist_bump.datasets import is_same_pin
from playlist_bump.errors import InputError, ValuesError
from playlist_bump.scalars import Scalar
from playlist_bump.values_text import value_at

_IMAGES = tuple(f"{owner}.image.{key}" for owner in (*COMPONENTS, "training.spark") for key in ("tag", "digest"))
_URL, _SHA256 = "dataset.url", "dataset.sha256"


def promotion(source: str, target: str) -> Edit:
    """Make what one environment runs what another runs: tags, digests, dataset; nothing else is touched.

    A Secret that holds a dataset's URL is its environment's own, so that then only the images are promoted.
    """
    if source == target:
        raise InputError(f"{source} can't be promoted to itself: give two environments")

    def edit(head: Head) -> Change:
        tried, runs = head.path_of(source), head.path_of(target)
        values = _copied(head.values(tried), head.values(runs), _IMAGES)
        secrets = {name: secret for name, path in ((source, tried), (target, runs)) if (secret := head.secret_of(path))}
        if not secrets:
            values |= _dataset(source, target, head.values(tried), head.values(runs))
        return Change(runs, values, f"{target}: as {source}", notes=_notes(secrets, target))

    return edit


def _copied(tried: dict[str, Any], runs: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Scalar]:
    """Return values to copy; what is left out is the chart's default, which is empty for all of these."""
    found = {key: value_at(tried, key) for key in keys}
    return {key: _text(value, key) for key, value in found.items() if value is not None or value_at(runs, key)}


def _dataset(source: str, target: str, tried: dict[str, Any], runs: dict[str, Any]) -> dict[str, Scalar]:
    values = (
        {} if is_same_pin(*(value_at(each, _SHA256) for each in (tried, runs))) else _copied(tried, runs, (_SHA256,))
    )
    url = value_at(tried, _URL)
    if url is None and value_at(runs, _URL) is not None:
        raise InputError(f"{source} names no {_URL}, but {target} does: write one for {source} first")
    return values if url is None else values | {_URL: _text(url, _URL)}


def _notes(secrets: dict[str, str], target: str) -> tuple[str, ...]:
    if not secrets:
        return ()
    named = " and ".join(f"{name} takes its dataset from the Secret {secret!r}" for name, secret in secrets.items())
    return (f"{named}, an environment's own: images are promoted, and the dataset of {target} is left as it is",)


def _text(value: object, key: str) -> Scalar:
    """Return a value as it is promoted; a tag may be a number in YAML, and stays what it is."""
    if value is None:
        return ""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValuesError(f"{key} is {value!r}, expected a text in quotes")
