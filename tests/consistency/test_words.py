"""Documents and help texts say it in plain English: none of the phrases that docs/style.md's rules replaced."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from playlist_api.settings import Settings as ApiSettings
from playlist_runtime.settings import settings_of
from playlist_trainer.settings import Settings as TrainerSettings

ROOT = Path(__file__).parents[2]
INSTEAD = {
    r"is picked up": "New models load without a restart.",
    r"\bas one types\b": "search as you type",
    r"\b(is|are) no error\b": "Unknown songs are not an error",
    r"\bmay pass\b|\bwould be so again\b": "transient / permanent",
    r"\b[Nn]othing leads on\b": "No matches for these songs yet",
    r"\bno host of the name\b": "can't resolve HOST; check --url",
    r"\b(one|row|rows|song|songs|title|line) an? (song|rule|line|row|file|title)\b": "one per song",
    r"\bEverything that asks\b": "Ways to call the API",
    r"\b[Ww]rong use\b": "usage error",
    r"\bthe API said no\b": "request rejected",
    r"\bby chance\b": "at random, random songs",
    r"\b(is|are|was) tried again\b|\b(tried|try) twice\b": "retried",
    r"\b(baskets?|lhs|rhs|combos?|percentages?)\b": "transaction, antecedent, consequent, confidence",
}
# The document that has the phrases as examples.
LEFT_OUT = {"docs/style.md"}


def documents() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return sorted(set(listed.split()) - LEFT_OUT)


def sentences(path: str) -> Iterator[tuple[int, str]]:
    text = (ROOT / path).read_text(encoding="utf-8").split("\n## 0.1.0\n")[0]
    for number, line in enumerate(text.splitlines(), 1):
        yield number, re.sub(r"`[^`]*`", "", line)


def faults(place: str, text: str) -> Iterator[str]:
    for phrase, better in INSTEAD.items():
        if found := re.search(phrase, text):
            yield f"{place}: {found[0]!r}: write {better!r}"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: git lists no documents")
def test_documents_use_no_phrase_that_was_replaced() -> None:
    paths = documents()

    assert {"README.md", "docs/operations.md", "charts/playlist-recommender/README.md"} <= set(paths)
    assert [f for path in paths for number, text in sentences(path) for f in faults(f"{path}:{number}", text)] == []


@pytest.mark.parametrize("settings", [ApiSettings, TrainerSettings], ids=["playlist-api", "playlist-trainer"])
def test_help_of_flags_is_fragments_without_those_phrases(settings: type) -> None:
    helps = {name: described.help for name, described in settings_of(settings).items()}

    assert [fault for name, text in helps.items() for fault in faults(name, text)] == []
    assert [name for name, text in helps.items() if re.match(r"How (often|many|long) ", text)] == []
