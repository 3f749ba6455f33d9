"""The folder that PLAYLIST_DATASET_SECRET_DIR names: a mounted Secret with the dataset's URL, which may hold a key."""

import re
from dataclasses import replace
from pathlib import Path

from playlist_trainer.errors import SettingError
from playlist_trainer.settings import Settings, names_of

_NAMES = f"dataset.existingSecret / {names_of('dataset_secret_dir')}"
# Anything else may be another key's text, such as a token; as a path it would be shown.
_URL = re.compile(r"(?:https?|s3|gs|az)://\S+", re.IGNORECASE)
_EXPECTED = f"expected one line with an http(s), s3, gs or az URL, the key url of the Secret in {_NAMES}"


def with_secret(settings: Settings) -> Settings:
    """Return the settings with the URL and the headers of the Secret that they name, if they name one.

    Raises:
        SettingError: the Secret has no URL that can be used, or the settings have one too; never shows what is in it.
    """
    folder = settings.dataset_secret_dir
    if folder is None:
        return settings
    for field in ("dataset_url", "dataset_headers_file"):
        if getattr(settings, field) != getattr(Settings(), field):
            raise SettingError(
                f"{_NAMES} and {names_of(field)} are both set, and the Secret holds URL and headers: unset one of them"
            )
    headers = folder / "headers"
    return replace(
        settings,
        dataset_url=_url(folder / "url"),
        dataset_headers_file=headers if headers.exists() else None,
        dataset_secret_dir=None,
    )


def _url(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig").strip()
    except OSError as error:
        fault = error.strerror or "can't be read"
    except UnicodeDecodeError:
        fault = "not UTF-8 text"
    else:
        if _URL.fullmatch(text):
            return text
        fault = "something else in it" if text else "nothing in it"
    raise SettingError(f"{path}: {fault}; {_EXPECTED}")
