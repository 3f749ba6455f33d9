import random
from itertools import pairwise

import numpy as np
import pytest

from playlist_model.ragged import block_end, offsets_of, rows_of


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64, np.bool_])
def test_offsets_are_running_sums_whatever_the_type_of_the_lengths(dtype: type) -> None:
    offsets = offsets_of(np.array([1] * 200, dtype))

    assert offsets.tolist() == list(range(201))
    assert offsets.dtype == np.int64


def test_no_rows_have_one_offset() -> None:
    assert offsets_of(np.empty(0, np.int64)).tolist() == [0]


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_rows_of_many_slices_are_those_of_a_loop(dtype: type) -> None:
    rng = random.Random(5)

    for _ in range(300):
        slices = [(rng.randint(0, 9), rng.randint(0, 4)) for _ in range(rng.randint(0, 6))]
        starts = np.array([start for start, _ in slices], dtype)
        lengths = np.array([length for _, length in slices], dtype)

        expected = [row for start, length in slices for row in range(start, start + length)]

        assert rows_of(starts, lengths).tolist() == expected


def test_blocks_take_in_every_row_once_and_no_more_values_than_allowed() -> None:
    rng = random.Random(7)

    for _ in range(300):
        lengths = [rng.randint(0, 5) for _ in range(rng.randint(1, 12))]
        most = rng.randint(0, 8)
        offsets = offsets_of(np.array(lengths))
        begin, blocks = 0, []
        while begin < len(lengths):
            end = block_end(offsets, begin, most)
            blocks.append(lengths[begin:end])
            begin = end

        assert [length for block in blocks for length in block] == lengths
        assert all(len(block) == 1 or sum(block) <= most for block in blocks)
        # None could have taken in the first row of the next one.
        assert all(sum(block) + after[0] > most for block, after in pairwise(blocks))
