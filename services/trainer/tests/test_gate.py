"""What the gate lets pass and what it does not, by real trainings of made-up playlists with a taste each."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from playlist_model import FolderStore, Manifest
from playlist_trainer.errors import RejectedError
from playlist_trainer.evaluation.verdict import verdict
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings
from playlist_trainer.summary import rejection
from playlist_trainer.tables import rule_table

Playlists = dict[str, list[str]]
Learn = Callable[..., str]


@pytest.fixture(scope="module")
def playlists() -> Playlists:
    """6,000 playlists, each of one of 40 tastes; a taste has 25 songs, and one song in eight is anybody's."""
    random = np.random.default_rng(11)
    found = {}
    for playlist in range(6000):
        taste = random.integers(40)
        own = random.choice(25, size=9, replace=False)
        found[f"p{playlist}"] = [
            f"song {random.integers(40) if random.random() < 0.125 else taste}-{song}" for song in own
        ]
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(dataset_url=str(tmp_path / "playlists.csv"), model_dir=tmp_path / "models")


@pytest.fixture
def store(settings: Settings) -> FolderStore:
    return FolderStore(settings.model_dir)


@pytest.fixture
def learn(settings: Settings) -> Learn:
    def train(playlists: Playlists, header: str = "pid,track_name", **changes: object) -> str:
        rows = [f"{playlist},{song}" for playlist, songs in playlists.items() for song in songs]
        Path(settings.dataset_url).write_text(header + "\n" + "\n".join(rows) + "\n")
        return reconcile(replace(settings, **changes))  # type: ignore[arg-type]

    return train


def _current(store: FolderStore) -> Manifest:
    return store.load_current().manifest


def _first(playlists: Playlists, count: int) -> Playlists:
    return dict(list(playlists.items())[:count])


def _shuffled(playlists: Playlists) -> Playlists:
    """Each playlist keeps its length; its songs are anybody's."""
    songs = np.random.default_rng(5).permutation([song for each in playlists.values() for song in each]).tolist()
    return {playlist: [songs.pop() for _ in each] for playlist, each in playlists.items()}


def test_the_first_model_is_published_unjudged(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    said = learn(playlists)

    manifest = _current(store)
    assert "published" in said
    assert manifest.gate == {}
    assert manifest.evaluation["requests"] == len(store.load_current().held_out)
    assert manifest.evaluation["recall_at_10"] > 2 * manifest.evaluation["recall_at_10_by_popularity"]


def test_held_out_playlists_are_never_learned_from(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    """A song of its own in every playlist: those of held-out ones are in no catalogue."""
    own = {playlist: [*songs, f"only in {playlist}"] for playlist, songs in playlists.items()}

    learn(own)

    model = store.load_current()
    known = sum(name.startswith("only in") for name in model.songs.names)
    assert 200 <= len(model.held_out) == len(playlists) - known


def test_one_percent_less_data_passes(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn(playlists)

    learn(_first(playlists, 5940))

    gate = _current(store).gate
    assert gate["outcome"] == "accepted"
    assert gate["requests"] >= 200
    assert (gate["playlists"], gate["playlists_of_current"]) == (5940, 6000)


def test_a_reordered_file_passes_and_gives_the_same_answers(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(playlists)
    before = store.load_current()

    learn(dict(reversed(playlists.items())))

    after = store.load_current()
    assert after.manifest.gate["recall_drop"] == 0
    assert after.rules.consequents.tolist() == before.rules.consequents.tolist()


def test_a_better_model_passes(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn(playlists, rules_per_song=1)

    learn(playlists)

    assert _current(store).gate["recall_drop"] < 0


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (_shuffled, "recall@10 fell from"),
        (lambda playlists: _first(playlists, 2900), "playlists fell by more than half, from 6,000 to 2,900"),
        (lambda playlists: _first(playlists, 60), "playlists fell by more than half"),
        (
            lambda playlists: {name: [song.split("-")[0] for song in songs] for name, songs in playlists.items()},
            "songs fell by more than half, from 1,000 to 40",
        ),
    ],
    ids=["shuffled", "truncated", "first 1 %", "songs merged"],
)
def test_a_damaged_dataset_is_rejected_and_the_candidate_kept(
    learn: Learn,
    store: FolderStore,
    playlists: Playlists,
    damage: Callable[[Playlists], Playlists],
    reason: str,
) -> None:
    learn(playlists)
    good = _current(store)

    with pytest.raises(RejectedError, match=reason) as raised:
        learn(damage(playlists))

    (candidate,) = set(store.model_ids()) - {good.model_id}
    assert raised.value.exit_code == 65
    assert str(raised.value).endswith(
        f"playlist-trainer models promote {candidate} --model-dir {store.root}, training.rollbackTo / "
        f"PLAYLIST_ROLLBACK_TO {candidate}, or training.gate.enabled / PLAYLIST_GATE / --gate false"
    )
    assert _current(store) == good
    assert store.manifest(candidate).is_rejected
    assert reason in str(store.manifest(candidate).gate["reason"])
    assert store.status()["outcome"] == "rejected"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), "promote M, training"),
        (Settings(model_dir=Path("my models")), "promote M --model-dir 'my models', training"),
        (Settings(model_store_url="s3://bucket/models"), "promote M --model-store s3://bucket/models, training"),
    ],
)
def test_the_advice_after_a_rejection_names_the_store_that_is_not_the_default(
    settings: Settings, expected: str
) -> None:
    assert expected in rejection("M", "reason", settings)


def test_the_same_damaged_dataset_is_rejected_again_without_a_training(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(playlists)
    with pytest.raises(RejectedError):
        learn(_shuffled(playlists))
    models = store.model_ids()

    with pytest.raises(RejectedError, match="was rejected and the current model stays"):
        learn(_shuffled(playlists))

    assert store.model_ids() == models


def test_a_rejection_ends_well_where_the_release_is_to_stay_green(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(playlists)
    good = _current(store)

    said = learn(_shuffled(playlists), gate_on_reject="keep")

    assert "was rejected and the current model stays" in said
    assert _current(store) == good


def test_without_the_gate_everything_is_learned_from_and_published(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(playlists, gate=False)
    assert len(store.load_current().held_out) == 0

    learn(_first(playlists, 60), gate=False)

    assert _current(store).dataset["playlists"] == 60
    assert _current(store).gate == {}


def test_a_higher_limit_publishes_the_kept_candidate(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn(playlists)
    worse = {
        playlist: songs[:6] if n % 2 else songs for n, (playlist, songs) in enumerate(_shuffled(playlists).items())
    }
    with pytest.raises(RejectedError):
        learn(worse)
    models = store.model_ids()

    said = learn(worse, gate_max_recall_drop=1.0)

    assert "made the kept model" in said
    assert store.model_ids() == models


def test_too_few_requests_are_not_judged_and_that_is_said(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(_first(playlists, 500))

    said = learn(_shuffled(_first(playlists, 499)))

    assert _current(store).gate["outcome"] == "not judged"
    assert "not judged" in said
    assert "200 are needed" in said


def test_another_meaning_of_song_is_not_taken_for_a_loss(
    learn: Learn, store: FolderStore, playlists: Playlists, settings: Settings
) -> None:
    learn(_first(playlists, 500))

    learn(_first(playlists, 500), item_column="pid", playlist_column="track_name")

    assert "playlists" not in _current(store).gate


def test_songs_by_another_name_are_not_compared(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn({f"{name},artist": songs for name, songs in playlists.items()}, header="pid,artist_name,track_name")

    learn(
        {f"new {name},artist": songs for name, songs in playlists.items()},
        header="pid,artist_name,track_name",
        item_column="track_name,artist_name",
    )

    gate = _current(store).gate
    assert _current(store).parameters["item_column"] == "track_name,artist_name"
    assert gate["outcome"] == "not judged"
    assert "names songs by track_name,artist_name, the current one by track_name" in gate["reason"]


def test_own_playlists_take_the_place_of_the_built_in_sample_however_few(
    learn: Learn, store: FolderStore, playlists: Playlists, settings: Settings
) -> None:
    reconcile(replace(settings, dataset_url="builtin:sample"))

    learn(_first(playlists, 20))

    assert _current(store).dataset["playlists"] == 20
    assert "no yardstick" in _current(store).gate["reason"]


def test_good_data_after_a_rejected_one_passes(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn(playlists)
    with pytest.raises(RejectedError):
        learn(_shuffled(playlists))

    learn(_first(playlists, 5990))

    assert _current(store).dataset["playlists"] == 5990
    assert store.status()["outcome"] == "published"


def test_a_damaged_current_model_does_not_open_the_gate(learn: Learn, store: FolderStore, playlists: Playlists) -> None:
    learn(playlists)
    whole = store.pointer().model_id
    learn(_first(playlists, 5990))
    (store.model_path(store.pointer().model_id) / "song_names.npy").write_bytes(b"damaged")

    with pytest.raises(RejectedError, match="recall@10 fell"):
        learn(_shuffled(playlists))

    assert store.load_current().manifest.model_id == whole


def test_a_drop_within_its_interval_is_no_reason() -> None:
    figures = {"requests": 200, "recall_at_10": 0.2, "recall_at_10_of_current": 0.3, "recall_drop": 0.33}
    sizes = {"coverage": 0.9, "coverage_of_current": 0.9}

    assert verdict({**figures, **sizes, "recall_drop_at_least": 0.19}, 0.2)["outcome"] == "accepted"
    assert verdict({**figures, **sizes, "recall_drop_at_least": 0.21}, 0.2)["outcome"] == "rejected"


def test_a_change_too_small_to_show_has_no_sign() -> None:
    figures = {"requests": 200, "recall_at_10": 0.2, "recall_at_10_of_current": 0.2, "recall_drop_at_least": 0.0}

    reasons = [verdict({**figures, "recall_drop": drop}, 0.2)["reason"] for drop in (0.001, -0.001, 0.0, 0.01, -0.01)]

    assert reasons == [
        f"recall@10 0.200, {change} on the same requests" for change in (*["unchanged"] * 3, "-1%", "+1%")
    ]


def test_exported_ratios_are_of_the_playlists_that_were_learned_from(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn({playlist: [*songs, "everywhere"] for playlist, songs in playlists.items()})

    rules = rule_table(store.load_current()).filter(pl.col("consequent") == "everywhere")

    assert len(rules)
    # A song that is in every playlist follows from each other one, and tells nothing: confidence 1, lift 1.
    assert rules["confidence"].unique().to_list() == [1]
    assert rules["lift"].unique().to_list() == [1]


def test_the_status_says_when_and_how_the_last_run_ended(
    learn: Learn, store: FolderStore, playlists: Playlists
) -> None:
    learn(_first(playlists, 100))

    status = json.loads(store.status_path.read_bytes())
    assert status.keys() == {"time", "outcome", "message", "model_id", "look", "training"}
    assert status["outcome"] == "published"
    assert status["model_id"] == _current(store).model_id
