"""Models of every format version load for ever. The folders are as they were committed; nothing here writes them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, Model, rank

GOLDEN = Path(__file__).parent / "golden"
FORMATS = sorted(path.name for path in GOLDEN.glob("format-*"))


@pytest.fixture(params=FORMATS)
def golden_store(request: pytest.FixtureRequest) -> FolderStore:
    return FolderStore(GOLDEN / request.param)


@pytest.fixture
def by_title(golden_store: FolderStore) -> Model:
    return golden_store.load_current()


@pytest.fixture
def by_uri(golden_store: FolderStore) -> Model:
    return golden_store.load("20260101T120000Z-00000000")


@pytest.fixture
def scored(golden_store: FolderStore) -> Model:
    return golden_store.load("20260103T120000Z-00000000")


def _ids(*ids: int) -> np.ndarray:
    return np.array(ids, np.int32)


def test_every_format_version_has_its_golden_models() -> None:
    assert FORMATS == ["format-1", "format-1-index"]


def test_a_golden_model_says_where_it_comes_from(by_title: Model) -> None:
    manifest = by_title.manifest

    assert manifest.model_id == "20260102T120000Z-00000000"
    assert manifest.model_date == "2026-01-02T12:00:00.000Z"
    assert manifest.fingerprint == "2".rjust(64, "0")
    assert manifest.dataset["playlists"] == 7
    assert manifest.parameters == {"item": "title", "min_support": 1, "max_length": 3}
    assert (manifest.engine, manifest.trainer_version, manifest.rule_count) == ("by hand", "0.1.0", 9)
    assert manifest.evaluation == {"recall_at_10": 0.25}


def test_a_golden_model_has_its_songs(by_title: Model) -> None:
    songs = by_title.songs

    assert list(songs.names) == ["Air", "Boléro", "Für Elise", "fur elise", "Ωδή"]
    assert list(songs.titles) == list(songs.names)
    assert list(songs.artists) == [
        "Johann Sebastian Bach",
        "Maurice Ravel",
        "Ludwig van Beethoven",
        "",
        "Μίκης Θεοδωράκης",
    ]
    assert songs.artist_counts.tolist() == [2, 1, 1, 0, 1]
    assert songs.support_counts.tolist() == [4, 3, 2, 1, 1]


def test_a_golden_model_finds_its_songs(by_title: Model) -> None:
    songs = by_title.songs

    assert songs.match("BOLERO").song_ids == (1,)
    assert songs.match("fur elise").song_ids == (3,)
    assert songs.match("Fur Elise").song_ids == (2, 3)
    assert songs.match("ωδη").song_ids == (4,)
    assert songs.match("Air on the G string").song_ids == ()
    assert songs.search("e", 5)[-2:] == [2, 3]
    assert songs.search("", 2) == [0, 1]
    assert songs.close_matches("bolerro", 3) == [1]


@pytest.mark.parametrize(
    ("asked", "song_ids", "values"),
    [
        # Air is in 4 playlists: 3 with Boléro, 1 with Für Elise.
        ((0,), [1, 2, 3, 4], [3 / 14, 1 / 14]),
        # Boléro is in 3 playlists: all with Air, 1 with Für Elise.
        ((1,), [0, 2, 3, 4], [3 / 13, 1 / 13]),
        # Both together are in 3 playlists, 1 of them with Für Elise.
        ((0, 1), [2, 3, 4], [1 / 14 + 1 / 13 + 1 / 13]),
        ((4,), [0, 1, 2, 3], []),
        ((), [0, 1, 2, 3, 4], []),
    ],
)
def test_a_golden_model_recommends(
    by_title: Model, asked: tuple[int, ...], song_ids: list[int], values: list[float]
) -> None:
    ranking = rank(by_title.rules, _ids(*asked), _ids(*asked), limit=10)

    assert ranking.song_ids.tolist() == song_ids
    assert ranking.values.tolist() == pytest.approx(values)


def test_a_golden_model_by_track_uri_is_found_by_title_too(by_uri: Model) -> None:
    songs = by_uri.songs

    assert list(songs.names) == ["track:a", "track:b", "track:c", "track:d", "track:e"]
    assert list(songs.titles) == ["Air", "Boléro", "Für Elise", "fur elise", "Ωδή"]
    assert songs.match("track:b").song_ids == (1,)
    assert songs.match("fur elise").song_ids == (2, 3)
    assert songs.search("track", 5) == [0, 1, 2, 3, 4]
    assert songs.search("bol", 5) == [1]
    assert len(by_uri.rules) == 0
    assert by_uri.manifest.parameters["item"] == "track_uri"


@pytest.mark.parametrize(
    ("asked", "song_ids", "values"),
    [
        # By counts Air would be first: after Für Elise both have one playlist, and Air is the more popular.
        ((2,), [1, 0, 3, 4], [1 / 3, 1 / 4]),
        # Für Elise is 1 / 2 after Air, and 1 / 2 after Boléro.
        ((0, 1), [2, 3, 4], [1 / 2 + 1 / 2]),
    ],
)
def test_a_golden_model_with_scores_ranks_by_them(
    scored: Model, asked: tuple[int, ...], song_ids: list[int], values: list[float]
) -> None:
    ranking = rank(scored.rules, _ids(*asked), _ids(*asked), limit=10)

    assert ranking.song_ids.tolist() == song_ids
    assert ranking.values.tolist() == pytest.approx(values)


def test_golden_models_from_before_scores_have_none(by_title: Model, by_uri: Model) -> None:
    assert by_title.rules.scores is None
    assert by_uri.rules.scores is None


def test_golden_models_without_an_index_are_searched_for_parts_of_titles() -> None:
    songs = FolderStore(GOLDEN / "format-1").load_current().songs

    assert songs.index is None
    assert songs.uris is None
    assert songs.fold_version == 1
    assert songs.search("ole", 5) == [1]
    assert songs.search("e", 5) == [1, 2, 3]
    assert songs.search("beethoven", 5) == []


def test_golden_models_with_an_index_are_searched_by_words_and_artists() -> None:
    songs = FolderStore(GOLDEN / "format-1-index").load_current().songs

    assert songs.search("ole", 5) == []
    assert songs.search("beethoven für", 5) == [2]
    assert songs.search("e", 5) == [2, 3]
    assert songs.close_matches("betoven elise", 1) == [2]
    assert list(songs.uris or []) == ["track:a", "track:b", "track:c", "track:d", ""]


def test_a_golden_model_with_a_held_out_playlist_is_asked_with_it() -> None:
    held_out = FolderStore(GOLDEN / "format-1-index").load("20260103T120000Z-00000000").held_out

    assert held_out.playlist_hashes.tolist() == [7]
    assert held_out[0].tolist() == [2, 0]


def test_golden_models_are_listed_newest_first(golden_store: FolderStore) -> None:
    listed = [manifest.parameters for manifest in golden_store.manifests()]

    assert [parameters["item"] for parameters in listed] == ["title", "title", "track_uri"]
    assert [parameters.get("scores") for parameters in listed] == ["n / n_b", None, None]


def test_the_writer_still_makes_the_arrays_of_the_newest_format(tmp_path: Path) -> None:
    # Where this fails, the format has changed: give it a golden folder of its own, and a number if readers must know.
    made = tmp_path / "made"

    subprocess.run([sys.executable, GOLDEN / "make_golden.py", made], check=True)

    kept = GOLDEN / FORMATS[-1]
    arrays = sorted(path.relative_to(kept) for path in kept.rglob("*.npy"))
    assert sorted(path.relative_to(made) for path in made.rglob("*.npy")) == arrays
    assert [name for name in arrays if (made / name).read_bytes() != (kept / name).read_bytes()] == []
