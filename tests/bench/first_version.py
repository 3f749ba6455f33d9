"""The API as it was before it had an event loop: Flask on gunicorn's threaded worker, from this repository's history.

With its own copy of the libraries, so that what is compared is the whole way of a request, then and now. The ranking is
the same, and so are the bytes of answers.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.servers import HOST

# The last commit with the threaded worker.
_COMMIT = "4f3ecbd"
_PACKAGES = ("services/api", "libs/model", "libs/runtime")


def command(folder: Path) -> Sequence[str]:
    """Check the old code out into a folder; return how it is started, nothing where the history is not here."""
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", ROOT, "archive", _COMMIT, *_PACKAGES], capture_output=True, check=False, timeout=60
    )
    if archive.returncode:
        return []
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True, timeout=60)
    return [sys.executable, "-m", "playlist_api", "--host", HOST, "--port", "{port}"]


def environ(folder: Path) -> Mapping[str, str]:
    """Return what makes Python import the old code: a path before those of the environment's own packages."""
    return {"PYTHONPATH": os.pathsep.join(str(folder / package / "src") for package in _PACKAGES)}
