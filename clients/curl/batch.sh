#!/bin/sh
# Which songs go with each of many playlists: batch.sh ['{"playlists": [{"songs": ["Greensleeves"]}]}']
set -eu
example='{"playlists": [{"songs": ["Ode to Joy"]}, {"songs": ["Greensleeves"], "limit": 3}]}'
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommend/batch" \
    --header 'Content-Type: application/json' --data "${1:-$example}"
