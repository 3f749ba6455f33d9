#!/bin/sh
# Metrics for Prometheus.
set -eu
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/metrics"
