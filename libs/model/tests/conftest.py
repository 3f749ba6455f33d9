"""Small models whose every number a reader can check, and a folder to publish them in."""

import functools
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from playlist_model import FolderStore, Manifest, Model, Rules, RuleTable, Songs, Training, writing
from playlist_model.model import arrays_of

from . import moto_s3, real_s3
from .s3_server import ACCESS_KEY, SECRET_KEY

Transactions = Sequence[frozenset[int]]
ServerUrl = Callable[[str], str]
MOTO = pytest.param("moto")
REAL = pytest.param("versitygw", marks=pytest.mark.skipif(not real_s3.is_there(), reason=real_s3.MISSING))

# Air in four playlists, Bolero and Canon in two each, both of them in one.
PLAYLISTS: Transactions = [frozenset({0, 1}), frozenset({0, 1, 2}), frozenset({0, 2}), frozenset({0})]


def _tables(transactions: Transactions, max_antecedent: int) -> list[RuleTable]:
    """Mine every rule that holds in at least one transaction, by counting each subset."""
    counts = Counter(
        subset
        for transaction in transactions
        for size in range(1, max_antecedent + 2)
        for subset in combinations(sorted(transaction), size)
    )
    tables = []
    for size in range(1, max_antecedent + 1):
        rows = [
            (tuple(song for song in itemset if song != consequent), consequent, count)
            for itemset, count in counts.items()
            if len(itemset) == size + 1
            for consequent in itemset
        ]
        tables.append(
            RuleTable(
                np.array([antecedent for antecedent, _, _ in rows], np.int32).reshape(-1, size),
                np.array([counts[antecedent] for antecedent, _, _ in rows], np.int32),
                np.array([consequent for _, consequent, _ in rows], np.int32),
                np.array([count for _, _, count in rows], np.int32),
            )
        )
    return tables


@pytest.fixture(scope="session")
def mined() -> Callable[[Transactions, int], list[RuleTable]]:
    return _tables


@pytest.fixture
def songs() -> Songs:
    return Songs.build(["Air", "Bolero", "Canon"], [4, 2, 2], artists=["Bach", "Ravel", ""], artist_counts=[3, 1, 0])


@pytest.fixture
def rules() -> Rules:
    return Rules.build(3, _tables(PLAYLISTS, max_antecedent=2))


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder in memory where there is such a file system: forcing files to a disk is most of a small model."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="playlist-model-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def running_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerUrl]:
    """Return the address of an S3 server, moto's or versitygw, which is started when it is first asked for."""
    with ExitStack() as stack:

        @functools.cache
        def url(server: str) -> str:
            found = moto_s3.running() if server == "moto" else real_s3.running(tmp_path_factory.mktemp("s3"))
            return stack.enter_context(found)

        yield url


@pytest.fixture
def server_url(running_servers: ServerUrl, monkeypatch: pytest.MonkeyPatch) -> ServerUrl:
    """The same, with the keys for it in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    return running_servers


@pytest.fixture
def store(quick_folder: Path) -> FolderStore:
    return FolderStore(quick_folder / "volume")


@pytest.fixture
def training() -> Callable[[int], Training]:
    """Return the n-th training: a day after the one before, with a fingerprint of its own."""

    def nth(number: int) -> Training:
        return Training(
            model_date=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number),
            fingerprint=f"{number:064x}",
            dataset={"url": "https://example.org/playlists.csv", "playlists": 4},
            parameters={"min_support": 1},
            engine="by hand",
            trainer_version="1.0",
            seconds={"mine": 0.5},
            evaluation={"recall_at_10": 0.25},
        )

    return nth


@pytest.fixture
def publish(store: FolderStore, training: Callable[[int], Training]) -> Callable[[int, int], Manifest]:
    """Publish the n-th model: its song is in n playlists."""

    def nth(number: int, keep: int = 3) -> Manifest:
        with writing(store, keep) as writer:
            return writer.publish(Songs.build([f"Song {number}"], [number]), Rules.build(1, []), training(number))

    return nth


@pytest.fixture
def published(store: FolderStore, songs: Songs, rules: Rules, training: Callable[[int], Training]) -> Model:
    """Return the model of the playlists above, published as the only one."""
    with writing(store) as writer:
        manifest = writer.publish(songs, rules, training(1))
    return Model(manifest, songs, rules)


@pytest.fixture(scope="session")
def same() -> Callable[[Model, Model], bool]:
    """Tell whether two models would answer alike: every array has the same numbers."""

    def compare(one: Model, other: Model) -> bool:
        arrays, others = arrays_of(one.songs, one.rules), arrays_of(other.songs, other.rules)
        return arrays.keys() == others.keys() and all(np.array_equal(arrays[name], others[name]) for name in arrays)

    return compare
