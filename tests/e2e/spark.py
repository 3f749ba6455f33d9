"""An installation that trains by Spark, from one bucket of an S3 server into another."""

import gzip
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import polars as pl
from tests.e2e.cluster import Object, until
from tests.e2e.helm import Helm
from tests.e2e.object_store import ObjectStore
from tests.e2e.release import Release, Training

from playlist_model import Model, StoreOptions, open_store
from playlist_model.song_arrays import arrays_of_songs
from playlist_trainer.reconcile import reconcile
from playlist_trainer.settings import Settings

NAMESPACE = "playlist-spark"
BUCKET = "playlists"
_FILES = 6
# On a machine that is busy with a cluster as well.
TRAINING_S = 900.0


@dataclass
class Spark:
    """An installation that trains by Spark, from one bucket into another.

    Attributes:
        helm: what installs it.
        release: as the cluster sees it.
        store: the S3 server.
        folder: the bucket's files, which one machine reads from the disk.
    """

    helm: Helm
    release: Release
    store: ObjectStore
    folder: Path

    def train(self, rules_per_song: int) -> Training:
        """Let the plain Job train with another setting; return it once it is there."""
        before = {training.uid for training in self.release.trainings()}
        self.helm.upgrade(values_for(self.store) | {"training.rulesPerSong": rules_per_song})

        def new() -> Training | None:
            return next((each for each in self.release.trainings() if each.uid not in before), None)

        return until("the Job is there", new)

    def ended(self, training: Training) -> Training:
        """Return a training once it is over."""

        def over() -> Training | None:
            return next((each for each in self.release.trainings() if each.uid == training.uid and each.is_over), None)

        return until("the training is over", over, timeout_s=TRAINING_S, every_s=1.0)

    def executors(self) -> list[Object]:
        """Return the executors' pods, whatever their state."""
        path = f"/api/v1/namespaces/{NAMESPACE}/pods"
        return self.release.cluster.items(path, "app.kubernetes.io/component=executor")

    def running_executors(self, count: int) -> list[Object] | None:
        """Return so many executors that run; None while there are fewer."""
        found = [pod for pod in self.executors() if pod["status"]["phase"] == "Running"]
        return found if len(found) >= count else None

    def says(self, training: Training, words: str) -> Callable[[], bool]:
        """Tell whether a driver has said something yet."""

        def said() -> bool:
            pod = self.release.trainer(training)
            if pod is None or pod["status"]["phase"] == "Pending":
                return False
            return words in self.release.log_of(training)

        return said

    def served(self) -> Model:
        """Return the model that is current in the bucket."""
        with tempfile.TemporaryDirectory() as folder:
            store = open_store(
                str(self.store.values["modelStore.url"]), Path(folder), StoreOptions(self.store.url, "", True, None)
            )
            return store.load(store.pointer().model_id)

    def by_one_machine(self, folder: Path, rules_per_song: int) -> Model:
        """Return what the other engine makes of the same files, on this machine."""
        given = {
            "dataset_url": str(self.folder / "mpd"),
            "model_dir": str(folder / f"models-{rules_per_song}"),
            "rules_per_song": str(rules_per_song),
        }
        settings = Settings.read(given, environ={})
        reconcile(settings)
        store = settings.store()
        return store.load(store.pointer().model_id)


def values_for(store: ObjectStore) -> dict[str, object]:
    """Return the chart's values."""
    return {
        **store.values,
        "dataset.url": f"s3://{BUCKET}/mpd/",
        "dataset.deadlineSeconds": 600,
        "training.engine": "spark",
        "training.trigger": "job",
        "training.backoffLimit": 0,
        "training.activeDeadlineSeconds": int(TRAINING_S),
        "training.reconcile.suspend": True,
        "training.spark.executors": 2,
        "training.spark.executorMemory": "1536Mi",
        "training.spark.executorCpu": "100m",
        "training.spark.scratchSize": "2Gi",
        "trainer.resources": {"requests": {"cpu": "100m", "memory": "1Gi"}, "limits": {"memory": "3Gi"}},
        # Where the dataset is; the keys come with the model store's Secret.
        "trainer.extraEnv": [
            {"name": name, "value": value}
            for name, value in store.environment.items()
            if name not in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
        ],
        "networkPolicy.enabled": True,
        "api.replicas": 2,
    }


def split_into_files(packed: Path, folder: Path) -> None:
    """Write a file's rows to several, so that playlists are split over them."""
    folder.mkdir()
    rows = pl.read_csv(gzip.decompress(packed.read_bytes()), infer_schema=False)
    for number in range(_FILES):
        rows.gather_every(_FILES, number).write_csv(folder / f"part-{number}.csv")


def assert_equal(found: Model, expected: Model) -> None:
    """Compare all that two models hold, number for number."""
    songs, other_songs = dict(arrays_of_songs(found.songs)), dict(arrays_of_songs(expected.songs))
    assert songs.keys() == other_songs.keys()
    pairs = [(name, songs[name], other_songs[name]) for name in songs]
    for left, right in ((found.rules, expected.rules), (found.held_out, expected.held_out)):
        pairs += [(each.name, getattr(left, each.name), getattr(right, each.name)) for each in fields(left)]
    for name, left_array, right_array in pairs:
        np.testing.assert_array_equal(left_array, right_array, err_msg=name)
    assert found.manifest.dataset["sha256"] == expected.manifest.dataset["sha256"]
    assert found.manifest.evaluation == expected.manifest.evaluation
