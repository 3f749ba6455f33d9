"""PromQL of the product's metrics, in Grafana's notation."""

SERIES = 'namespace="$namespace",job=~"$job"'
ASKED = SERIES + ',route!~"/livez|/readyz|/metrics"'
FAILED = ASKED + ',status=~"5.."'
RECOMMENDED = SERIES + ',route=~"/api/recommend|/api/recommender"'


def rate(metric: str, labels: str = SERIES, by: str = "") -> str:
    """Return a counter's rate per second, over all pods."""
    return f"sum {f'by ({by}) ' if by else ''}(rate({metric}{{{labels}}}[$__rate_interval]))"


def gauge(metric: str, how: str = "max", by: str = "") -> str:
    """Return a gauge over all pods."""
    return f"{how} {f'by ({by}) ' if by else ''}({metric}{{{SERIES}}})"


def share(part: str, whole: str) -> str:
    """Return a share that is 0, and not absent, while there is no such part."""
    return f"({part} or 0 * {whole}) / {whole}"


def slowest(of_requests: float) -> str:
    """Return the time within which so many of the recommendations are answered, in seconds."""
    return f"histogram_quantile({of_requests}, {rate('playlist_request_duration_seconds_bucket', RECOMMENDED, 'le')})"


def new(label: str, metric: str) -> str:
    """Return what has a series while a label has a value that it had not a minute ago."""
    now = f"count by ({label}) ({metric}{{{SERIES}}})"
    return f"{now} unless count by ({label}) ({metric}{{{SERIES}}} offset 1m)"
