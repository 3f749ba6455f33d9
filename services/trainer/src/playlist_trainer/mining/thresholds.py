"""How many playlists must hold what is learned, where the settings leave it to the number of playlists."""

from playlist_trainer.mining.itemsets import min_support_count
from playlist_trainer.setting_types import AUTO

# In so few playlists, two that hold the same pair are rare, and one is all there is to learn from.
_FEW_PLAYLISTS = 1000
# In so many, most songs that anybody asks with are in several.
_MANY_PLAYLISTS = 20_000
_FILLED_TO = 10
# Of itemsets of any size, which explode at low support: 387,602 pairs and some nine million triples at .005 in a
# dataset of 2,262 playlists.
_AUTO_ITEMSET_SUPPORT = 0.002


def pair_threshold(min_support: float, playlist_count: int) -> int:
    """Return in how many playlists two songs must stand together to make a rule."""
    if min_support == AUTO:
        return 1 if playlist_count < _FEW_PLAYLISTS else 2
    return min_support_count(min_support, playlist_count)


def least_rules_per_song(min_support: float, playlist_count: int) -> int:
    """Return up to how many rules a song is filled up with pairs that one playlist holds; 0 for none.

    Of 5,503 real playlists, 95 in 100 requests are answered by pairs of two playlists or more, 98 with these.
    """
    return _FILLED_TO if min_support == AUTO and _FEW_PLAYLISTS <= playlist_count < _MANY_PLAYLISTS else 0


def itemset_threshold(min_support: float, playlist_count: int) -> int:
    """Return in how many playlists an itemset must be."""
    if min_support == AUTO:
        return max(2, min_support_count(_AUTO_ITEMSET_SUPPORT, playlist_count))
    return min_support_count(min_support, playlist_count)
