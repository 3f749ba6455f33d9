"""What the dashboard shows: rows of panels, and what is marked on all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from grafana.queries import ASKED, FAILED, SERIES, gauge, rate, share, slowest


@dataclass(frozen=True)
class Panel:
    """One panel.

    Attributes:
        title: what it shows.
        queries: PromQL by the legend of its series, both in Grafana's notation.
        unit: Grafana's name of it.
        width: of 24 columns.
        is_stacked: whether series are parts of a whole.
        shows: of a single figure: its value, or the name of its series; empty for a plot over time.
    """

    title: str
    queries: Mapping[str, str]
    unit: str = "short"
    width: int = 8
    is_stacked: bool = False
    shows: str = ""


REQUESTS = rate("playlist_requests_total", ASKED)
ROWS: Mapping[str, tuple[Panel, ...]] = {
    "Now": (
        Panel("Requests", {"": REQUESTS}, "reqps", 4, shows="value"),
        Panel(
            "Failed", {"": share(rate("playlist_requests_total", FAILED), REQUESTS)}, "percentunit", 4, shows="value"
        ),
        Panel("Slowest of a hundred", {"": slowest(0.99)}, "s", 4, shows="value"),
        Panel("Code", {"{{version}}": gauge("playlist_build_info", "count", "version")}, width=4, shows="name"),
        Panel("Model", {"{{model_id}}": gauge("playlist_model_info", "count", "model_id")}, width=4, shows="name"),
        Panel("Last training", {"{{outcome}}": gauge("playlist_last_training", by="outcome")}, width=4, shows="name"),
    ),
    "Traffic": (
        Panel("Requests by status", {"{{status}}": rate("playlist_requests_total", ASKED, "status")}, "reqps", 8, True),
        Panel("Requests by route", {"{{route}}": rate("playlist_requests_total", ASKED, "route")}, "reqps", 8, True),
        Panel(
            "Time to recommend",
            {"half": slowest(0.5), "95 of 100": slowest(0.95), "99 of 100": slowest(0.99)},
            "s",
        ),
        Panel(
            "Share of requests that fail",
            {"5xx": share(rate("playlist_requests_total", FAILED), REQUESTS)},
            "percentunit",
        ),
        Panel("Connections", {"{{pod}}": gauge("playlist_connections", "sum", "pod")}),
        Panel("Connections closed", {"{{reason}}": rate("playlist_connections_closed_total", by="reason")}, "cps"),
    ),
    "Answers": (
        Panel("Answers by source", {"{{source}}": rate("playlist_answers_total", by="source")}, "reqps", 12, True),
        Panel(
            "Songs asked with that the model does not know",
            {
                "unknown": share(
                    rate("playlist_songs_asked_total", SERIES + ',match="unknown"'), rate("playlist_songs_asked_total")
                )
            },
            "percentunit",
            12,
        ),
    ),
    "Model": (
        Panel(
            "Recall of ten recommendations",
            {
                "this model": gauge("playlist_model_recall_at_10"),
                "popular songs": gauge("playlist_model_recall_at_10_by_popularity"),
            },
            "percentunit",
        ),
        Panel("Share of requests that rules answer", {"coverage": gauge("playlist_model_coverage")}, "percentunit"),
        Panel("Age", {"of the model": gauge("playlist_model_age_seconds", "min")}, "s"),
        Panel("Rules and songs", {"rules": gauge("playlist_model_rules"), "songs": gauge("playlist_model_songs")}),
        Panel("Pods by model", {"{{model_id}}": gauge("playlist_model_info", "count", "model_id")}, is_stacked=True),
        Panel(
            "Reloads",
            {
                "loaded": f"sum (increase(playlist_model_reloads_total{{{SERIES}}}[$__rate_interval]))",
                "failed": f"sum (increase(playlist_model_reload_failures_total{{{SERIES}}}[$__rate_interval]))",
            },
        ),
        Panel("Time to load", {"{{pod}}": gauge("playlist_model_reload_duration_seconds", by="pod")}, "s", 12),
        Panel(
            "Gate's verdict",
            {"{{outcome}}": gauge("playlist_model_gate", "count", "outcome")},
            width=12,
            is_stacked=True,
        ),
    ),
    "Training": (
        Panel(
            "Time by stage",
            {"{{stage}}": gauge("playlist_training_stage_duration_seconds", by="stage")},
            "s",
            is_stacked=True,
        ),
        Panel("Memory", {"most": gauge("playlist_training_peak_memory_bytes")}, "bytes"),
        Panel("Rows", {"read": gauge("playlist_training_rows")}),
        Panel(
            "Since the last look", {"at the dataset": f"time() - {gauge('playlist_last_look_timestamp_seconds')}"}, "s"
        ),
        Panel("Outcome of the last look", {"{{outcome}}": gauge("playlist_last_look", by="outcome")}, is_stacked=True),
        Panel(
            "Since the last training", {"that learned": f"time() - {gauge('playlist_training_timestamp_seconds')}"}, "s"
        ),
    ),
    "Store and resources": (
        Panel("Store can be read", {"{{pod}}": gauge("playlist_store_up", "min", "pod")}, width=6),
        Panel(
            "Questions that the store did not answer",
            {"{{pod}}": rate("playlist_store_errors_total", by="pod")},
            "cps",
            6,
        ),
        Panel(
            "Free space of the volume",
            {"free": f"min (playlist_store_available_bytes{{{SERIES}}} / playlist_store_size_bytes{{{SERIES}}})"},
            "percentunit",
            6,
        ),
        Panel("Scraped", {"{{pod}}": gauge("up", "min", "pod")}, width=6),
        Panel("Processor", {"{{pod}}": rate("process_cpu_seconds_total", by="pod")}, "short", 6),
        Panel(
            "Memory, mapped models included",
            {"{{pod}}": gauge("process_resident_memory_bytes", "sum", "pod")},
            "bytes",
            6,
        ),
        Panel("Open files and connections", {"{{pod}}": gauge("process_open_fds", "sum", "pod")}, width=6),
        Panel("Spans of traces", {"{{outcome}}": rate("playlist_spans_total", by="outcome")}, "cps", 6),
    ),
}
# What there is now and was not a minute ago: on every plot, a line where a model or a version came.
MARKERS = {
    "New model": ("model_id", "playlist_model_info", "orange"),
    "New version": ("version", "playlist_build_info", "blue"),
}
