#!/bin/sh
# recommend.wget.sh by its other name: recommender.wget.sh ['{"songs": ["Greensleeves"]}']
set -eu
example='{"songs": ["Ode to Joy", "Greensleeves"]}'
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/recommender" \
    --header='Content-Type: application/json' --post-data="${1:-$example}"
