#!/bin/sh
# Which songs go with these: recommend.sh ['{"songs": ["Greensleeves"]}']
set -eu
example='{"songs": ["Ode to Joy", "Greensleeves"]}'
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommend" \
    --header 'Content-Type: application/json' --data "${1:-$example}"
