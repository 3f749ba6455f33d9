"""Traces by OpenTelemetry's protocol; imported only where they are wanted."""

import socket

from playlist_api.settings import Settings
from playlist_api.tracing.collector import Collector
from playlist_api.tracing.span_writer import SpanWriter


def tracer_of(settings: Settings) -> SpanWriter:
    """Return what sends spans as settings say; its thread runs."""
    resource = {
        "service.name": "playlist-api",
        "service.version": settings.version,
        # In a pod, its name.
        "service.instance.id": socket.gethostname(),
    }
    collector = Collector(settings.tracing_endpoint, dict(settings.tracing_headers), resource)
    return SpanWriter(collector, settings.tracing_sampling_ratio)
