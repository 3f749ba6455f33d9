"""Paths that others than their own view have to know."""

LIVE, READY, METRICS = "/livez", "/readyz", "/metrics"
# For machines beside the pod: in the chart on a port of their own.
OPERATIONS = frozenset({LIVE, READY, METRICS})
RECOMMEND, RECOMMENDER, BATCH = "/api/recommend", "/api/recommender", "/api/recommend/batch"
MATCH = "/api/songs/match"
