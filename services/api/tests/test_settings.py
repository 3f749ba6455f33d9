from importlib.metadata import version
from pathlib import Path

import pytest

from playlist_api.settings import Settings
from playlist_runtime.settings import SettingsError, from_environ, settings_of


def test_defaults_suit_a_person_at_a_laptop() -> None:
    settings = from_environ(Settings, {})

    assert settings.model_dir == Path("models")
    assert (settings.host, settings.port, settings.threads, settings.refresh_interval_s) == ("127.0.0.1", 8080, 1, 1.0)
    assert (settings.metrics_port, settings.base_path) == (None, "")
    assert (settings.header_timeout_s, settings.request_timeout_s, settings.answer_timeout_s) == (10, 30, 30)
    assert (settings.keep_alive_s, settings.max_connections, settings.max_header_bytes) == (75, 2000, 2**15)
    assert settings.max_batch == 100
    assert settings.max_waiting == 100
    assert (settings.log_format, settings.log_level, settings.request_log) == ("auto", "info", True)
    assert (settings.max_body_bytes, settings.max_songs, settings.max_song_length) == (2**20, 1000, 500)
    assert settings.cors_origins == ()
    assert (settings.tracing_enabled, settings.tracing_endpoint, settings.tracing_sampling_ratio) == (False, "", 0.01)


def test_names_are_the_ones_that_charts_rely_on() -> None:
    described = settings_of(Settings).values()

    assert {setting.environment for setting in described} == {
        "PLAYLIST_MODEL_DIR",
        "PLAYLIST_MODEL_STORE_URL",
        "PLAYLIST_MODEL_STORE_ENDPOINT",
        "PLAYLIST_MODEL_STORE_REGION",
        "PLAYLIST_MODEL_STORE_ALLOW_HTTP",
        "PLAYLIST_MODEL_STORE_CA_BUNDLE",
        "PLAYLIST_MODEL_STORE_REFRESH_INTERVAL_SECONDS",
        "PLAYLIST_HOST",
        "PLAYLIST_PORT",
        "PLAYLIST_THREADS",
        "PLAYLIST_REFRESH_INTERVAL_SECONDS",
        "PLAYLIST_LOG_FORMAT",
        "PLAYLIST_LOG_LEVEL",
        "PLAYLIST_REQUEST_LOG",
        "PLAYLIST_VERSION",
        "PLAYLIST_CORS_ORIGINS",
        "PLAYLIST_METRICS_PORT",
        "PLAYLIST_BASE_PATH",
        "PLAYLIST_MAX_BODY_BYTES",
        "PLAYLIST_MAX_HEADER_BYTES",
        "PLAYLIST_MAX_CONNECTIONS",
        "PLAYLIST_HEADER_TIMEOUT_SECONDS",
        "PLAYLIST_REQUEST_TIMEOUT_SECONDS",
        "PLAYLIST_ANSWER_TIMEOUT_SECONDS",
        "PLAYLIST_KEEP_ALIVE_SECONDS",
        "PLAYLIST_MAX_BATCH",
        "PLAYLIST_MAX_WAITING",
        "PLAYLIST_MAX_SONGS",
        "PLAYLIST_MAX_SONG_LENGTH",
        "PLAYLIST_TRACING_ENABLED",
        "PLAYLIST_TRACING_ENDPOINT",
        "PLAYLIST_TRACING_SAMPLING_RATIO",
        "PLAYLIST_TRACING_HEADERS",
    }
    assert {setting.value: setting.environment for setting in described if setting.value} == {
        "api.tracing.enabled": "PLAYLIST_TRACING_ENABLED",
        "api.tracing.endpoint": "PLAYLIST_TRACING_ENDPOINT",
        "api.tracing.samplingRatio": "PLAYLIST_TRACING_SAMPLING_RATIO",
        "modelStore.url": "PLAYLIST_MODEL_STORE_URL",
        "modelStore.endpoint": "PLAYLIST_MODEL_STORE_ENDPOINT",
        "modelStore.region": "PLAYLIST_MODEL_STORE_REGION",
        "modelStore.allowHttp": "PLAYLIST_MODEL_STORE_ALLOW_HTTP",
        "modelStore.refreshIntervalSeconds": "PLAYLIST_MODEL_STORE_REFRESH_INTERVAL_SECONDS",
        "api.threads": "PLAYLIST_THREADS",
        "api.refreshIntervalSeconds": "PLAYLIST_REFRESH_INTERVAL_SECONDS",
        "logging.format": "PLAYLIST_LOG_FORMAT",
        "logging.level": "PLAYLIST_LOG_LEVEL",
        "api.requestLog": "PLAYLIST_REQUEST_LOG",
        "api.corsOrigins": "PLAYLIST_CORS_ORIGINS",
        "api.metricsPort": "PLAYLIST_METRICS_PORT",
        "api.basePath": "PLAYLIST_BASE_PATH",
        "api.maxBodyBytes": "PLAYLIST_MAX_BODY_BYTES",
        "api.maxHeaderBytes": "PLAYLIST_MAX_HEADER_BYTES",
        "api.maxConnections": "PLAYLIST_MAX_CONNECTIONS",
        "api.headerTimeoutSeconds": "PLAYLIST_HEADER_TIMEOUT_SECONDS",
        "api.requestTimeoutSeconds": "PLAYLIST_REQUEST_TIMEOUT_SECONDS",
        "api.answerTimeoutSeconds": "PLAYLIST_ANSWER_TIMEOUT_SECONDS",
        "api.keepAliveSeconds": "PLAYLIST_KEEP_ALIVE_SECONDS",
        "api.maxBatch": "PLAYLIST_MAX_BATCH",
        "api.maxWaiting": "PLAYLIST_MAX_WAITING",
        "api.maxSongs": "PLAYLIST_MAX_SONGS",
        "api.maxSongLength": "PLAYLIST_MAX_SONG_LENGTH",
    }


def test_every_bad_setting_is_named_in_one_error() -> None:
    environ = {
        "PLAYLIST_PORT": "tcp://10.0.0.1:80",
        "PLAYLIST_THREADS": "0",
        "PLAYLIST_REFRESH_INTERVAL_SECONDS": "0",
        "PLAYLIST_CORS_ORIGINS": "music.example",
        "PLAYLIST_MAX_BODY_BYTES": "much",
        "PLAYLIST_HOST": "a b",
    }

    with pytest.raises(SettingsError) as raised:
        from_environ(Settings, environ)

    assert all(name in str(raised.value) for name in environ)


def test_an_object_store_is_asked_less_often_than_a_folder() -> None:
    assert from_environ(Settings, {}).look_interval_s == 1.0
    assert from_environ(Settings, {"PLAYLIST_MODEL_STORE_URL": "s3://models/prod"}).look_interval_s == 2.0
    own = {"PLAYLIST_MODEL_STORE_REFRESH_INTERVAL_SECONDS": "9", "PLAYLIST_MODEL_STORE_URL": "s3://models/prod"}
    assert from_environ(Settings, own).look_interval_s == 9.0


def test_version_is_the_baked_in_one_or_the_packages() -> None:
    assert from_environ(Settings, {"PLAYLIST_VERSION": "1.2.3+abc"}).version == "1.2.3+abc"
    assert from_environ(Settings, {"PLAYLIST_VERSION": ""}).version == version("playlist-api")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", ("*",)),
        ("https://a.example, http://b.example:8080 ,", ("https://a.example", "http://b.example:8080")),
        ("http://[::1]:3000", ("http://[::1]:3000",)),
    ],
)
def test_origins_are_separated_by_commas(text: str, expected: tuple[str, ...]) -> None:
    assert from_environ(Settings, {"PLAYLIST_CORS_ORIGINS": text}).cors_origins == expected


def test_body_of_no_size_is_no_limit_that_makes_sense() -> None:
    with pytest.raises(SettingsError, match="PLAYLIST_MAX_BODY_BYTES is '0', expected a size above 0"):
        from_environ(Settings, {"PLAYLIST_MAX_BODY_BYTES": "0"})


@pytest.mark.parametrize("text", ["https://a.example/", "a.example", "ftp://a.example", "https://a b"])
def test_origin_with_a_path_or_without_a_scheme_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="without a path"):
        from_environ(Settings, {"PLAYLIST_CORS_ORIGINS": text})
