"""The chart's Grafana dashboard, as ci/dashboard writes it."""
