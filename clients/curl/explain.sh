#!/bin/sh
# The same with reasons, and with what was unknown: explain.sh ['{"songs": ["Greensleeves"], "explain": true}']
set -eu
example='{"songs": ["Ode to Joy", "Greenslee"], "limit": 3, "explain": true}'
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommend" \
    --header 'Content-Type: application/json' --data "${1:-$example}"
