"""The dashboard as Grafana reads it."""

from collections.abc import Iterator
from typing import Any

from grafana.panels import MARKERS, ROWS, Panel
from grafana.queries import new

Object = dict[str, Any]
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS, ROW_HEIGHT, STAT_HEIGHT = 24, 8, 4


def dashboard() -> Object:
    """Return the dashboard as Grafana reads it."""
    return {
        "uid": "playlist-recommender",
        "title": "Playlist recommender",
        "tags": ["playlist-recommender"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "graphTooltip": 1,
        "templating": {"list": list(_variables())},
        "annotations": {"list": list(_annotations())},
        "panels": list(_panels()),
    }


def _variables() -> Iterator[Object]:
    yield {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    for name, query in (
        ("namespace", "label_values(playlist_build_info, namespace)"),
        ("job", 'label_values(playlist_build_info{namespace="$namespace"}, job)'),
    ):
        yield {
            "name": name,
            "label": name.capitalize(),
            "type": "query",
            "datasource": SOURCE,
            "query": {"query": query, "refId": name},
            "refresh": 2,
            "sort": 1,
            "multi": name == "job",
            "includeAll": name == "job",
            **({"current": {"text": "All", "value": "$__all"}} if name == "job" else {}),
        }


def _annotations() -> Iterator[Object]:
    for name, (label, metric, colour) in MARKERS.items():
        yield {
            "name": name,
            "datasource": SOURCE,
            "enable": True,
            "iconColor": colour,
            "expr": new(label, metric),
            "step": "60s",
            "titleFormat": name,
            "textFormat": "{{" + label + "}}",
        }


def _panels() -> Iterator[Object]:
    number = y = 0
    for title, panels in ROWS.items():
        number += 1
        yield {"id": number, "type": "row", "title": title, "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1}}
        y, x = y + 1, 0
        for panel in panels:
            number += 1
            height = STAT_HEIGHT if panel.shows else ROW_HEIGHT
            yield _panel(panel, number, {"x": x, "y": y, "w": panel.width, "h": height})
            x += panel.width
            if x >= COLUMNS:
                x, y = 0, y + height
        y += ROW_HEIGHT if x else 0


def _panel(panel: Panel, number: int, place: Object) -> Object:
    is_stat = bool(panel.shows)
    custom = {"fillOpacity": 25 if panel.is_stacked else 8, "showPoints": "never"}
    custom |= {"stacking": {"mode": "normal"}} if panel.is_stacked else {}
    options = {"textMode": panel.shows, "colorMode": "none", "reduceOptions": {"calcs": ["lastNotNull"]}}
    return {
        "id": number,
        "title": panel.title,
        "type": "stat" if is_stat else "timeseries",
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, **({} if is_stat else {"custom": custom})}},
        "options": options if is_stat else {"legend": {"displayMode": "list"}, "tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": query, "legendFormat": legend or panel.title}
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }
