"""docs/measurements.md survives a run of one group: the one thing here that could lose somebody's work."""

from pathlib import Path

from tests.bench.report import replace_section, table

ORDER = ["training", "large", "serving"]


def test_first_section_makes_the_document(tmp_path: Path) -> None:
    document = tmp_path / "docs" / "measurements.md"

    replace_section(document, "large", "## Large", ORDER)

    assert document.read_text().startswith("# Measurements")
    assert document.read_text().endswith("<!-- bench:large -->\n## Large\n<!-- /bench:large -->\n")


def test_sections_stand_in_the_order_of_the_groups_whichever_ran_first(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"

    for name in ("large", "serving", "training"):
        replace_section(document, name, f"## {name}", ORDER)

    titles = [line for line in document.read_text().splitlines() if line.startswith("## ")]
    assert titles == ["## training", "## large", "## serving"]


def test_new_figures_replace_only_their_own_section(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    for name in ORDER:
        replace_section(document, name, f"## {name}\n\nold", ORDER)
    document.write_text(document.read_text() + "\nWritten by hand.\n")
    before = document.read_text()

    replace_section(document, "large", "## large\n\nnew", ORDER)

    assert document.read_text() == before.replace("## large\n\nold", "## large\n\nnew")


def test_columns_of_a_table_are_aligned() -> None:
    assert table(("", "s"), [("eclat", 1), ("x", 10)]).splitlines() == [
        "|       |  s |",
        "| ----- | -: |",
        "| eclat |  1 |",
        "| x     | 10 |",
    ]
