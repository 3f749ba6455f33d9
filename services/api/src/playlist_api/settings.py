"""What the API can be told: by environment, and some of it by flag."""

import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from playlist_runtime.addresses import base_url, server_url, store_url
from playlist_runtime.logs import FORMATS, LEVELS
from playlist_runtime.settings import (
    choice,
    fraction,
    optional_path,
    path,
    seconds,
    setting,
    size,
    switch,
    text,
    unshown,
    whole_number,
)

if TYPE_CHECKING:
    from playlist_model import ModelStore

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+=[\t\x20-\x7e\x80-\xff]*")
_OWN_HEADERS = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "host", "transfer-encoding"}
)
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")


def origins(text: str) -> tuple[str, ...]:
    """Take web origins separated by commas."""
    found = tuple(origin for origin in (part.strip() for part in text.split(",")) if origin)
    if not all(origin == "*" or _ORIGIN.fullmatch(origin) for origin in found):
        raise ValueError("* or origins such as https://music.example, separated by commas, without a path")
    return found


def host(text: str) -> str:
    """Take a host name or an address."""
    if not re.fullmatch(r"[A-Za-z0-9.:%_-]+", text):
        raise ValueError("a host name or an address such as 127.0.0.1 or ::")
    return text


def body_size(text: str) -> int:
    """Take a size above 0."""
    bytes_ = size(text)
    if not bytes_:
        raise ValueError("a size above 0 such as 1Mi")
    return bytes_


def optional_port(text: str) -> int | None:
    """Take a port, or nothing."""
    return whole_number(0, 65535)(text) if text else None


def base_path(text: str) -> str:
    """Take a path to serve everything below, or nothing; return it without a slash at its end."""
    path = text.rstrip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", path) or {".", ".."} & set(path.split("/")):
        raise ValueError("a path such as /music")
    return path


def _headers(text: str) -> tuple[tuple[str, str], ...]:
    """Take headers as OpenTelemetry's own variables have them."""
    found = [unquote(part.strip(), "latin-1") for part in text.split(",") if part.strip()]
    if not all(map(_HEADER.fullmatch, found)):
        raise ValueError("name=value pairs with commas between; a comma inside of a value is %2C")
    if {part.partition("=")[0].lower() for part in found} & _OWN_HEADERS:
        raise ValueError(f"other headers than {', '.join(sorted(_OWN_HEADERS))}, which are the protocol's own")
    return tuple((name, value) for name, _, value in (part.partition("=") for part in found))


headers = unshown(_headers)


@dataclass(frozen=True)
class Settings:
    """The API's settings; read once per process, with ``playlist_runtime.settings.from_environ``."""

    model_dir: Path = setting(
        "MODEL_DIR",
        "models",
        path,
        help="Folder with the published models; with --model-store, the folder for copies.",
        flag="--model-dir",
    )
    model_store_url: str = setting(
        "MODEL_STORE_URL",
        "",
        store_url,
        flag="--model-store",
        value="modelStore.url",
        help="Object store to fetch models from: s3://bucket/prefix, gs:// or az://; "
        "empty for the folder. Credentials come from the environment.",
    )
    model_store_endpoint: str = setting(
        "MODEL_STORE_ENDPOINT",
        "",
        server_url,
        flag="--model-store-endpoint",
        value="modelStore.endpoint",
        help="Address of the object store's server; empty for the cloud's own.",
    )
    model_store_region: str = setting(
        "MODEL_STORE_REGION",
        "",
        text,
        flag="--model-store-region",
        value="modelStore.region",
        help="Object store's region; empty for AWS_REGION or the store's default.",
    )
    model_store_allow_http: bool = setting(
        "MODEL_STORE_ALLOW_HTTP",
        "false",
        switch,
        flag="--model-store-allow-http",
        value="modelStore.allowHttp",
        help="Allow plain HTTP to the object store.",
    )
    model_store_ca_bundle: Path | None = setting(
        "MODEL_STORE_CA_BUNDLE",
        "",
        optional_path,
        flag="--model-store-ca-bundle",
        help="PEM file of certificate authorities to trust for the object store.",
    )
    # Images say `::`: a container has to be reached from outside of it, and its network decides by whom.
    host: str = setting(
        "HOST", "127.0.0.1", host, help="Address to listen on; :: for every address, IPv4 and IPv6.", flag="--host"
    )
    port: int = setting(
        "PORT", "8080", whole_number(0, 65535), help="Port to listen on; 0 for a free one.", flag="--port"
    )
    metrics_port: int | None = setting(
        "METRICS_PORT",
        "",
        optional_port,
        help="Port of /metrics, /livez and /readyz; empty leaves them on the main port.",
        value="api.metricsPort",
    )
    base_path: str = setting(
        "BASE_PATH", "", base_path, help="Path prefix of everything, such as /music.", value="api.basePath"
    )
    threads: int = setting(
        "THREADS",
        "1",
        whole_number(1, 256),
        help="Threads for what takes longer than 2 ms; one counts at a time, and more delay small answers.",
        value="api.threads",
    )
    refresh_interval_s: float = setting(
        "REFRESH_INTERVAL_SECONDS",
        "1",
        seconds(above=0),
        help="Interval between looks for a newer model in the folder.",
        value="api.refreshIntervalSeconds",
    )
    # Each look is a request, and costs the processor .7 ms.
    model_store_refresh_interval_s: float = setting(
        "MODEL_STORE_REFRESH_INTERVAL_SECONDS",
        "2",
        seconds(above=0),
        help="Interval between looks for a newer model in the object store.",
        value="modelStore.refreshIntervalSeconds",
    )
    log_format: str = setting(
        "LOG_FORMAT", "auto", choice(FORMATS), help="Form of log lines.", flag="--log-format", value="logging.format"
    )
    log_level: str = setting(
        "LOG_LEVEL", "info", choice(LEVELS), help="Lowest level logged.", flag="--log-level", value="logging.level"
    )
    request_log: bool = setting("REQUEST_LOG", "on", switch, help="Log each request.", value="api.requestLog")
    tracing_enabled: bool = setting(
        "TRACING_ENABLED",
        "false",
        switch,
        help="Whether traces are sent to an OpenTelemetry collector.",
        value="api.tracing.enabled",
    )
    tracing_endpoint: str = setting(
        "TRACING_ENDPOINT",
        "",
        base_url,
        help="The collector's address for OTLP over HTTP, such as http://collector:4318; /v1/traces is added.",
        value="api.tracing.endpoint",
    )
    tracing_sampling_ratio: float = setting(
        "TRACING_SAMPLING_RATIO",
        "0.01",
        fraction,
        help="Share of requests that are traced, where no traceparent says yes or no.",
        value="api.tracing.samplingRatio",
    )
    # The chart takes it from a Secret.
    tracing_headers: tuple[tuple[str, str], ...] = setting(
        "TRACING_HEADERS",
        "",
        headers,
        help="Headers sent to the collector, name=value with commas between: credentials, mostly.",
    )
    # Baked into images.
    build_version: str = setting("VERSION", "", text, help="Version in answers; empty takes the package's.")
    cors_origins: tuple[str, ...] = setting(
        "CORS_ORIGINS",
        "",
        origins,
        help="Web origins whose pages may call the API, or *; empty allows none.",
        value="api.corsOrigins",
    )
    max_body_bytes: int = setting(
        "MAX_BODY_BYTES", "1Mi", body_size, help="Largest request body.", value="api.maxBodyBytes"
    )
    max_header_bytes: int = setting(
        "MAX_HEADER_BYTES", "32Ki", body_size, help="Largest request line with its headers.", value="api.maxHeaderBytes"
    )
    max_connections: int = setting(
        "MAX_CONNECTIONS",
        "2000",
        whole_number(1, 100_000),
        help="Most connections at a time; those above get 503.",
        value="api.maxConnections",
    )
    header_timeout_s: float = setting(
        "HEADER_TIMEOUT_SECONDS",
        "10",
        seconds(above=0),
        help="Time for a request's headers to arrive in full.",
        value="api.headerTimeoutSeconds",
    )
    request_timeout_s: float = setting(
        "REQUEST_TIMEOUT_SECONDS",
        "30",
        seconds(above=0),
        help="Time for a whole request to arrive.",
        value="api.requestTimeoutSeconds",
    )
    answer_timeout_s: float = setting(
        "ANSWER_TIMEOUT_SECONDS",
        "30",
        seconds(above=0),
        help="Time for a client to take an answer.",
        value="api.answerTimeoutSeconds",
    )
    # Longer than clients and proxies keep a connection they don't use (60 s is usual), so that it is they who close
    # it: closed by the server, it may be just as the next request is on its way.
    keep_alive_s: float = setting(
        "KEEP_ALIVE_SECONDS",
        "75",
        seconds(above=0),
        help="Idle time of a connection; longer than the load balancer's own.",
        value="api.keepAliveSeconds",
    )
    max_songs: int = setting(
        "MAX_SONGS", "1000", whole_number(1), help="Most songs in one request.", value="api.maxSongs"
    )
    max_song_length: int = setting(
        "MAX_SONG_LENGTH", "500", whole_number(1), help="Longest song, in characters.", value="api.maxSongLength"
    )
    max_batch: int = setting(
        "MAX_BATCH", "100", whole_number(1), help="Most playlists in a batch.", value="api.maxBatch"
    )
    # Some seconds' worth of work.
    max_waiting: int = setting(
        "MAX_WAITING",
        "100",
        whole_number(1),
        help="Most long requests that wait for their turn; those above get 503.",
        value="api.maxWaiting",
    )

    @property
    def look_interval_s(self) -> float:
        """How often a newer model is looked for, wherever models are."""
        return self.model_store_refresh_interval_s if self.model_store_url else self.refresh_interval_s

    def store(self) -> "ModelStore":
        """Return the store of the models; nobody is asked yet.

        Raises:
            StoreRefusedError: the settings for an object store can't be used.
        """
        # gunicorn's first process reads settings too, and never looks at a model.
        from playlist_model import StoreOptions, open_store  # noqa: PLC0415

        # One attempt: the next look comes by itself.
        options = StoreOptions(
            self.model_store_endpoint,
            self.model_store_region,
            self.model_store_allow_http,
            self.model_store_ca_bundle,
            attempts=1,
        )
        return open_store(self.model_store_url, self.model_dir, options)

    @cached_property
    def version(self) -> str:
        """The code's version, as answers carry it."""
        return self.build_version or version("playlist-api")
