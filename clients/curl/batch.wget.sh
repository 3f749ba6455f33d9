#!/bin/sh
# Which songs go with each of many playlists: batch.wget.sh ['{"playlists": [{"songs": ["Greensleeves"]}]}']
set -eu
example='{"playlists": [{"songs": ["Ode to Joy"]}, {"songs": ["Greensleeves"], "limit": 3}]}'
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommend/batch" \
    --header='Content-Type: application/json' --post-data="${1:-$example}"
