"""Edits of a file of values: the value, and not one byte besides."""

import random
from pathlib import Path

import pytest
import yaml

from playlist_bump.errors import ValuesError
from playlist_bump.scalars import written
from playlist_bump.values_text import edited, value_at, values_of

from .random_values import RandomFile

ROOT = Path(__file__).parents[3]
OURS = [ROOT / "argocd/values.yaml", *sorted((ROOT / "argocd/environments").glob("*/values.yaml"))]
TAG = "api.image.tag"
EDITS = {
    "in double quotes": ('api: # a\n  image:\n    tag: "1" # b\n', 'api: # a\n  image:\n    tag: "0.2.0" # b\n'),
    "in single quotes": ("api:\n  image:\n    tag: ''\n", "api:\n  image:\n    tag: '0.2.0'\n"),
    "a number before": ("api:\n    image:\n        tag: 0.1\n", 'api:\n    image:\n        tag: "0.2.0"\n'),
    "empty": ("api:\n  image:\n    tag:\n    # c\n", 'api:\n  image:\n    tag: "0.2.0"\n    # c\n'),
    "in flow style": ("api: {image: {tag: '1', pullPolicy: x }}\n", "api: {image: {tag: '0.2.0', pullPolicy: x }}\n"),
    "in a block scalar": (
        "api:\n  image:\n    tag: |\n      v1\n  z: 1\n",
        'api:\n  image:\n    tag: "0.2.0"\n  z: 1\n',
    ),
    "lines of Windows": ("api:\r\n  image:\r\n    tag: x # c\r\n", 'api:\r\n  image:\r\n    tag: "0.2.0" # c\r\n'),
    "missing below its parent": (
        "api:\n  image:\n    repository: r # c\n\n  replicas: 2\n",
        'api:\n  image:\n    repository: r # c\n    tag: "0.2.0"\n\n  replicas: 2\n',
    ),
    "missing with its parent": (
        "api:\n    replicas: 2\n# end",
        'api:\n    replicas: 2\n    image:\n      tag: "0.2.0"\n# end',
    ),
    "missing, comments at its block's end": (
        "api:\r\n  image:\r\n    a: 1 # b\r\n    # c\r\n      # d\r\n  # e\r\n  z: 1\r\n",
        'api:\r\n  image:\r\n    a: 1 # b\r\n    # c\r\n      # d\r\n    tag: "0.2.0"\r\n  # e\r\n  z: 1\r\n',
    ),
    "missing, a comment in the last line": (
        "api:\n  image:\n    a: |\n      b\n    # c",
        'api:\n  image:\n    a: |\n      b\n    # c\n    tag: "0.2.0"',
    ),
    "missing in flow style": ("api: {image: {repository: r}}\n", 'api: {image: {repository: r, tag: "0.2.0"}}\n'),
    "missing in an empty mapping": ("api:\n  image: {}\n", 'api:\n  image: {tag: "0.2.0"}\n'),
    "below nothing": ("api:\n  image: # here\n  z: 1\n", 'api:\n  image: {tag: "0.2.0"} # here\n  z: 1\n'),
    "missing on Windows": ("api:\r\n  image:\r\n    a: 1\r\n", 'api:\r\n  image:\r\n    a: 1\r\n    tag: "0.2.0"\r\n'),
    "missing, no line break at the end": ("api:\n  image:\n    a: 1", 'api:\n  image:\n    a: 1\n    tag: "0.2.0"'),
    "behind a list": ("api:\n  image:\n    a:\n    - 1\n", 'api:\n  image:\n    a:\n    - 1\n    tag: "0.2.0"\n'),
    "over a merged one": (
        "x: &x {tag: '1'}\napi:\n  image:\n    <<: *x\n",
        "x: &x {tag: '1'}\napi:\n  image:\n    <<: *x\n    tag: \"0.2.0\"\n",
    ),
    "in an empty file": ("# nothing yet\n", '# nothing yet\napi:\n  image:\n    tag: "0.2.0"\n'),
    "as it was": ("api: {image: {tag:   0.2.0}}\n", "api: {image: {tag:   0.2.0}}\n"),
}
REFUSED = {
    "an alias": ("x: &x {tag: a}\napi:\n  image: *x\n", "api.image has an alias"),
    "an anchor": ("api:\n  image:\n    tag: &t a\nz: *t\n", "api.image.tag has an alias, an anchor"),
    "twice": ("api:\n  image:\n    tag: a\n    tag: b\n", "stands there twice"),
    "a list": ("api:\n  image:\n    tag: [a]\n", "no single value"),
    "no mapping": ("api: [1]\n", "api is no mapping"),
    "a list at the top": ("- a\n", "found a list at the top"),
    "two documents": ("a: 1\n---\na: 2\n", "can't be read as YAML"),
    "no YAML": ("api: {\n", "can't be read as YAML"),
}


@pytest.mark.parametrize("case", EDITS)
def test_only_the_value_is_replaced_or_a_line_added(case: str) -> None:
    before, after = EDITS[case]

    assert edited(before, {TAG: "0.2.0"}) == after
    assert yaml.safe_load(after)["api"]["image"]["tag"] == "0.2.0"


@pytest.mark.parametrize("case", REFUSED)
def test_what_only_a_person_should_edit_is_refused(case: str) -> None:
    text, words = REFUSED[case]

    with pytest.raises(ValuesError, match=words):
        edited(text, {TAG: "0.2.0"})


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.parent.name)
def test_each_value_of_our_own_files_is_set_in_its_own_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    values = {
        "api.replicas": 99, TAG: "9.9", "trainer.image.tag": "9.8", "dataset.url": "https://x/y.csv",
        "dataset.sha256": "ab" * 32,
    }  # fmt: skip

    result = edited(text, values)

    changed = [new for old, new in zip(text.splitlines(), result.splitlines(), strict=True) if old != new]
    assert changed == [
        "  replicas: 99", '    tag: "9.9"', '    tag: "9.8"', "  url: https://x/y.csv", f'  sha256: "{"ab" * 32}"'
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(100))
def test_of_any_file_only_the_lines_of_the_edited_keys_differ(seed: int) -> None:
    draw = random.Random(seed)
    file = RandomFile(draw)
    chosen = draw.sample(sorted(file.lines), k=min(3, len(file.lines)))
    values = {path: draw.choice([7, "0.2.0", "no", "1e3", "sha256:ab", 'it\'s "so"', "#x", ""]) for path in chosen}

    result = edited(file.text, values)

    before, after = file.text.split("\n"), result.split("\n")
    assert len(before) == len(after)
    touched = {number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
    assert touched <= {file.lines[path] for path in chosen}
    was, now = values_of(file.text), values_of(result)
    assert all(value_at(now, path) == values.get(path, value_at(was, path)) for path in file.lines)


@pytest.mark.parametrize("seed", range(100))
def test_a_key_added_to_any_mapping_leaves_every_line_and_its_order(seed: int) -> None:
    draw = random.Random(seed)
    file = RandomFile(draw)
    parent = draw.choice(sorted(file.mappings))
    path = f"{parent}.added" if parent else "added"

    result = edited(file.text, {path: "x"})

    before, after = file.text.split("\n"), result.split("\n")
    if len(after) == len(before):
        assert sum(old != new for old, new in zip(before, after, strict=True)) == 1
    else:
        (added,) = [number for number, line in enumerate(after) if line.strip() == 'added: "x"']
        assert after[:added] + after[added + 1 :] == before
    was, now = values_of(file.text), values_of(result)
    assert value_at(now, path) == "x"
    assert all(value_at(now, each) == value_at(was, each) for each in file.lines)


@pytest.mark.parametrize("value", ["yes", "0x1f", "1_000", "1:30", "2026-11-22", "~", "null", "0.2", "a: b", "[", "é"])
@pytest.mark.parametrize("style", ["'", '"', None, "", "|"])
def test_a_text_is_read_as_a_text(value: str, style: str | None) -> None:
    assert yaml.safe_load(written(value, style)) == value
