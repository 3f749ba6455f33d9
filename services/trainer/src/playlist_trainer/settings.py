"""The trainer's settings: one table from which flags, environment variables and help texts are made."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from playlist_model import KEEP_MODELS, ModelStore, StoreOptions, open_store
from playlist_runtime.addresses import server_url, store_url
from playlist_runtime.logs import FORMATS, LEVELS
from playlist_runtime.settings import (
    SettingsError,
    choice,
    fraction,
    from_environ,
    optional_path,
    path,
    seconds,
    setting,
    settings_of,
    size,
    switch,
    text,
    whole_number,
)
from playlist_trainer.errors import SettingError
from playlist_trainer.redaction import redacted
from playlist_trainer.setting_types import ENGINE_NAMES, address, column, separator, sha256, spark_master, support


@dataclass(frozen=True)
class Settings:
    """Everything that decides what the trainer does; see each setting's own sentence."""

    # fmt: off
    dataset_url: str = setting(
        "DATASET_URL", "builtin:sample", address, flag="--dataset", value="dataset.url",
        help="Playlists to learn from: an http(s) or file URL, a path, or builtin:sample; "
        "s3://, gs:// or az:// for an object, or, with a slash at its end, for all slices below.")
    dataset_sha256: str = setting(
        "DATASET_SHA256", "", sha256, flag="--dataset-sha256", value="dataset.sha256",
        help="SHA-256 that the dataset must have, as 64 hex digits; empty for any. "
        "For several slices: the sha256 of one line 'SHA256 NAME' per slice, sorted by name.")
    dataset_headers_file: Path | None = setting(
        "DATASET_HEADERS_FILE", "", optional_path, flag="--dataset-headers-file",
        help="File of 'Name: value' lines, sent with each request for the dataset.")
    dataset_secret_dir: Path | None = setting(
        "DATASET_SECRET_DIR", "", optional_path, flag="--dataset-secret-dir",
        help="Folder with the dataset's URL in the file url, in place of --dataset, and headers in the file headers.")
    dataset_ca_bundle: Path | None = setting(
        "DATASET_CA_BUNDLE", "", optional_path, flag="--dataset-ca-bundle",
        help="PEM file of certificate authorities to trust for the dataset's server.")
    max_dataset_bytes: int = setting(
        "MAX_DATASET_BYTES", "2Gi", size, flag="--max-dataset-bytes", value="dataset.maxBytes",
        help="Largest dataset to download.")
    connect_timeout_s: float = setting(
        "DATASET_CONNECT_TIMEOUT_SECONDS", "3", seconds(), flag="--dataset-connect-timeout",
        value="dataset.connectTimeoutSeconds", help="Time to connect to the dataset's server.")
    read_timeout_s: float = setting(
        "DATASET_READ_TIMEOUT_SECONDS", "10", seconds(), flag="--dataset-read-timeout",
        value="dataset.readTimeoutSeconds", help="Time that the dataset's server may be silent.")
    deadline_s: float = setting(
        "DATASET_DEADLINE_SECONDS", "180", seconds(), flag="--dataset-deadline", value="dataset.deadlineSeconds",
        help="Time for the whole download.")
    retries: int = setting(
        "DATASET_RETRIES", "2", whole_number(0, 10), flag="--dataset-retries", value="dataset.retries",
        help="Download retries per training (0–10).")
    item_column: str = setting(
        "ITEM_COLUMN", "track_name", column, flag="--item-column", value="dataset.itemColumn",
        help="Column that names a song: track_name, or track_uri to keep equal titles apart; or two, "
        "track_name,artist_name, for songs called 'Home – Edward Sharpe'.")
    playlist_column: str = setting(
        "PLAYLIST_COLUMN", "pid", column, flag="--playlist-column", value="dataset.playlistColumn",
        help="Column that names a playlist; or several, as in user_id,playlistname.")
    separator: str = setting(
        "SEPARATOR", "", separator, flag="--separator", value="dataset.separator",
        help="Separator of a CSV file: comma, semicolon, tab, pipe or the character; "
        "empty to detect it.")
    model_dir: Path = setting(
        "MODEL_DIR", "models", path, flag="--model-dir",
        help="Folder to publish models in; with --model-store, the folder for work in progress.")
    model_store_url: str = setting(
        "MODEL_STORE_URL", "", store_url, flag="--model-store", value="modelStore.url",
        help="Object store to publish models in: s3://bucket/prefix, gs:// or az://; "
        "empty for the folder. Credentials come from the environment.")
    model_store_endpoint: str = setting(
        "MODEL_STORE_ENDPOINT", "", server_url, flag="--model-store-endpoint",
        value="modelStore.endpoint", help="Address of the object store's server; empty for the cloud's own.")
    model_store_region: str = setting(
        "MODEL_STORE_REGION", "", text, flag="--model-store-region", value="modelStore.region",
        help="Object store's region; empty for AWS_REGION or the store's default.")
    model_store_allow_http: bool = setting(
        "MODEL_STORE_ALLOW_HTTP", "false", switch, flag="--model-store-allow-http", value="modelStore.allowHttp",
        help="Allow plain HTTP to the object store.")
    model_store_ca_bundle: Path | None = setting(
        "MODEL_STORE_CA_BUNDLE", "", optional_path, flag="--model-store-ca-bundle",
        help="PEM file of certificate authorities to trust for the object store.")
    min_support: float = setting(
        "MIN_SUPPORT", "auto", support, flag="--min-support", value="training.minSupport",
        help="Playlists that must hold an itemset: below 1 a fraction of them, from 1 on a whole number, or auto.")
    rules_per_song: int = setting(
        "RULES_PER_SONG", "500", whole_number(0), flag="--rules-per-song", value="training.rulesPerSong",
        help="Pair rules kept per song, the best ones; 0 for all.")
    max_rules: int = setting(
        "MAX_RULES", "50000000", whole_number(0), flag="--max-rules", value="training.maxRules",
        help="Pair rules in a model; where there are more, each song keeps fewer. 0 for no limit.")
    min_confidence: float = setting(
        "MIN_CONFIDENCE", "0", fraction, flag="--min-confidence", value="training.minConfidence",
        help="Lowest confidence of a rule: share of the antecedent's playlists that hold the consequent.")
    max_length: int = setting(
        "MAX_LENGTH", "2", whole_number(0, 100), flag="--max-length", value="training.maxLength",
        help="Most songs in an itemset; 0 for no limit.")
    max_itemsets: int = setting(
        "MAX_ITEMSETS", "5000000", whole_number(1), flag="--max-itemsets", value="training.maxItemsets",
        help="Most itemsets; training stops above it.")
    engine: str = setting(
        "ENGINE", "eclat", choice(ENGINE_NAMES), flag="--engine", value="training.engine",
        help="What mines: all engines find the same. spark, for data beyond one machine, finds pair rules only.")
    spark_master: str = setting(
        "SPARK_MASTER", "k8s", spark_master, flag="--spark-master", value="training.spark.master",
        help="Where the engine spark gets its executors: k8s makes pods, spark://HOST:PORT asks a cluster, local[N] "
        "runs N tasks here.")
    spark_executors: int = setting(
        "SPARK_EXECUTORS", "2", whole_number(1, 10_000), flag="--spark-executors", value="training.spark.executors",
        help="Executors of the engine spark.")
    spark_executor_memory: int = setting(
        "SPARK_EXECUTOR_MEMORY", "2Gi", size, flag="--spark-executor-memory", value="training.spark.executorMemory",
        help="Memory of one executor in all, at least 1Gi; a quarter of it, 512Mi at least, is Java's.")
    spark_executor_cores: int = setting(
        "SPARK_EXECUTOR_CORES", "1", whole_number(1, 256), flag="--spark-executor-cores",
        value="training.spark.executorCores", help="Tasks that one executor runs at a time; they share its memory.")
    max_playlists: int = setting(
        "MAX_PLAYLISTS", "0", whole_number(0), flag="--max-playlists", value="training.maxPlaylists",
        help="Learn from a random sample of this many playlists; 0 for all.")
    seed: int = setting(
        "SEED", "0", whole_number(0, 2**32 - 1), flag="--seed", value="training.seed",
        help="Seed of the sample and of the evaluation's split.")
    memory_limit: int = setting(
        "MEMORY_LIMIT", "0", size, flag="--memory-limit", value="training.memoryLimit",
        help="Most memory of a training, which stops above it; 0 for nine tenths of the container's limit.")
    evaluation: bool = setting(
        "EVALUATION", "true", switch, flag="--evaluation", value="training.evaluation",
        help="Measure each model's recommendations on held-out playlists.")
    gate: bool = setting(
        "GATE", "true", switch, flag="--gate", value="training.gate.enabled",
        help="Reject a model that is clearly worse than the current one.")
    gate_max_recall_drop: float = setting(
        "GATE_MAX_RECALL_DROP", "0.2", fraction, flag="--gate-max-recall-drop", value="training.gate.maxRecallDrop",
        help="Share of the current model's recall@10 that a new model may lose.")
    gate_on_reject: str = setting(
        "GATE_ON_REJECT", "fail", choice(("fail", "keep")), flag="--gate-on-reject", value="training.gate.onReject",
        help="Exit code of a rejection: 65 with fail, 0 with keep; the current model stays either way.")
    keep_models: int = setting(
        "KEEP_MODELS", str(KEEP_MODELS), whole_number(1, 1000), flag="--keep", value="persistence.keepModels",
        help="Newest models to keep.")
    rollback_to: str = setting(
        "ROLLBACK_TO", "", text, value="training.rollbackTo",
        help="Id of a kept model to make current instead of training.")
    force: bool = setting(
        "FORCE", "false", switch, flag="--force",
        help="Train even if the model is up to date.")
    lock_timeout_s: float = setting(
        "LOCK_TIMEOUT_SECONDS", "200", seconds(), flag="--lock-timeout", value="training.lockTimeoutSeconds",
        help="Time to wait while another trainer holds the folder.")
    termination_log: Path = setting(
        "TERMINATION_LOG", "/dev/termination-log", path,
        help="File for the last line, if it exists: what kubectl describe shows.")
    log_format: str = setting(
        "LOG_FORMAT", "auto", choice(FORMATS), flag="--log-format", value="logging.format",
        help="Form of log lines; auto is text on a terminal and JSON elsewhere.")
    log_level: str = setting(
        "LOG_LEVEL", "info", choice(LEVELS), flag="--log-level", value="logging.level",
        help="Lowest level logged.")
    version: str = setting(
        "VERSION", version("playlist-trainer"), text,
        help="Version that models are marked with.")
    # fmt: on

    def store(self) -> ModelStore:
        """Return the store of the models; nobody is asked yet.

        Raises:
            StoreRefusedError: the settings for an object store can't be used.
        """
        return self.store_at(self.model_store_url)

    def store_at(self, where: str) -> ModelStore:
        """Return a store by its address, or by its folder; "" is the folder of these settings.

        Raises:
            StoreRefusedError: the address, or the settings for an object store, can't be used.
        """
        options = StoreOptions(
            self.model_store_endpoint, self.model_store_region, self.model_store_allow_http, self.model_store_ca_bundle
        )
        return open_store(where, self.model_dir, options)

    @classmethod
    def read(
        cls,
        flags: Mapping[str, str],
        environ: Mapping[str, str] = os.environ,
        fallbacks: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Read the settings, flags before environment, and both before the fallbacks.

        Args:
            flags: texts by field.
            environ: usually ``os.environ``.
            fallbacks: texts by field, in place of the defaults.

        Raises:
            SettingError: names every one that is wrong.
        """
        unset = {
            name: text
            for name, text in (fallbacks or {}).items()
            if not environ.get(settings_of(cls)[name].environment)
        }
        try:
            return from_environ(cls, environ, {**unset, **flags})
        except SettingsError as error:
            raise SettingError(f"settings are wrong: {redacted(str(error))}") from None


def texts_of_model(dataset: Mapping[str, Any], parameters: Mapping[str, Any], engine: str) -> dict[str, str]:
    """Return, by field, the texts of the settings that made a model, as far as its manifest tells.

    Args:
        dataset: of the manifest.
        parameters: of the manifest.
        engine: of the manifest.
    """
    values = {"dataset_url": dataset.get("url"), "engine": engine, **parameters}
    known = settings_of(Settings)
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
        if name in known and value is not None
    }


def names_of(field: str) -> str:
    """Return every name of a setting, for errors that say what to change."""
    return settings_of(Settings)[field].names
