import random

import pytest

from playlist_model import TextColumn
from playlist_model.sorting import byte_order


def test_rows_are_sorted_by_their_bytes_then_by_row() -> None:
    rng = random.Random(4)

    for _ in range(400):
        letters = rng.choice(["ab", "a\0é", "🎵日a"])
        texts = ["".join(rng.choices(letters, k=rng.randint(0, 30))) + "\n" for _ in range(rng.randint(0, 12))]
        texts += rng.choices(texts, k=5) if texts else []

        order = byte_order(TextColumn.from_strings(texts))

        assert order.tolist() == sorted(range(len(texts)), key=lambda row: texts[row].encode())


@pytest.mark.parametrize("size", [0, 1, 6, 7, 8, 9, 100_000])
def test_long_beginnings_in_common_are_told_apart_by_their_ends(size: int) -> None:
    texts = ["x" * size + end for end in ("b\n", "a\n", "\n", "a\n")]

    assert byte_order(TextColumn.from_strings(texts)).tolist() == [2, 1, 3, 0]
