"""docs/api.md is what the API's description gives."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_document_is_made_from_the_description() -> None:
    command = [sys.executable, ROOT / "ci/api-docs", "--check"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
