#!/bin/sh
# Which songs go with these: recommend.wget.sh ['{"songs": ["Greensleeves"]}']
set -eu
example='{"songs": ["Ode to Joy", "Greensleeves"]}'
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommend" \
    --header='Content-Type: application/json' --post-data="${1:-$example}"
