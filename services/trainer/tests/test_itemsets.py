import math

import pytest

from playlist_trainer.mining.itemsets import min_support_count


@pytest.mark.parametrize(
    ("min_support", "transaction_count", "expected"),
    [
        (0.5, 4, 2),
        (0.5, 5, 3),
        (0.07, 100, 7),  # .07 × 100 is 7.000000000000001 as floats
        (0.29, 100, 29),  # .29 × 100 is 28.999999999999996
        (0.005, 2262, 12),
        (0.0001, 10, 1),
        (0, 10, 1),
        (0.5, 0, 1),
        (1, 100, 1),
        (25.0, 100, 25),
        (250, 100, 250),
    ],
)
def test_below_one_is_a_fraction_and_from_one_on_a_number_of_playlists(
    min_support: float, transaction_count: int, expected: int
) -> None:
    assert min_support_count(min_support, transaction_count) == expected


@pytest.mark.parametrize("min_support", [-0.1, -1, 1.5, math.nan, math.inf, -math.inf])
def test_anything_else_is_named_in_the_error(min_support: float) -> None:
    with pytest.raises(ValueError, match=rf"min_support is {min_support}, expected a fraction"):
        min_support_count(min_support, 100)
