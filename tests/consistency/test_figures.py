"""Every bold figure that a document quotes stands in the section of docs/measurements.md that its line links to."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUOTING = ("README.md", "docs/measurements.md", "docs/comparison.md")
MEASUREMENTS = (ROOT / "docs/measurements.md").read_text(encoding="utf-8")
_LINK = re.compile(r"\]\((?:docs/)?(?:measurements\.md)?#([\w-]+)\)")
_FIGURE = re.compile(r"\*\*(\d[^*]*)\*\*")


def anchor(heading: str) -> str:
    """The anchor of a heading, as Git hosts and the site make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")


SECTIONS = {
    anchor(text.split("\n", 1)[0]): text.split("\n", 1)[1]
    for text in re.split(r"^## ", MEASUREMENTS, flags=re.MULTILINE)[1:]
}


def quotations(document: str) -> list[tuple[str, str]]:
    """Each quoted figure with the anchor of its section: that of its line, or the next that is linked to."""
    found: list[tuple[str, str]] = []
    waiting: list[str] = []
    for line in (ROOT / document).read_text(encoding="utf-8").split("\n## On a cluster")[0].splitlines():
        waiting += _FIGURE.findall(line)
        links = _LINK.findall(line)
        if links:
            found += [(figure, links[-1]) for figure in waiting]
            waiting = []
    assert not waiting, f"{document}: no section is named for {waiting}"
    return found


@pytest.mark.parametrize("document", QUOTING)
def test_quoted_figures_stand_in_the_tables(document: str) -> None:
    quoted = quotations(document)
    assert len(quoted) >= 5

    for figure, section in quoted:
        assert re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d]|[.,]\d)", SECTIONS[section]), (
            f"{document}: {figure} does not stand in the section {section} of docs/measurements.md"
        )
