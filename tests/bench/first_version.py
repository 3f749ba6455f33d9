"""Earlier servers of this repository, from its history, each with its own copy of the libraries.

So what is compared is the whole way of a request, then and now.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import ROOT
from tests.bench.servers import HOST, Recipe


@dataclass(frozen=True)
class Version:
    """One earlier version.

    Attributes:
        commit: where it stands in the history.
        packages: of which it consists.
    """

    commit: str
    packages: Sequence[str]

    def recipe(self, folder: Path) -> Recipe | None:
        """Check the code out into a new folder; return how it is started, None where the history is not here."""
        folder.mkdir()
        archive = subprocess.run(
            ["git", "-C", ROOT, "archive", self.commit, *self.packages], capture_output=True, check=False, timeout=60
        )
        if archive.returncode:
            return None
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True, timeout=60)
        # What makes Python import this code: a path before those of the environment's own packages.
        path = os.pathsep.join(str(folder / package / "src") for package in self.packages)
        command = [sys.executable, "-m", "playlist_api", "--host", HOST, "--port", "{port}"]
        return Recipe(command, {"PYTHONPATH": path}, "/api/recommend")


# The last one with the threaded worker, which answers with the same bytes as today's.
THREADED = Version("4f3ecbd", ("services/api", "libs/model", "libs/runtime"))
# The first one of all, whose start is compared.
FIRST = Version("1f141d6", ("services/api", "libs/model", "libs/process"))
