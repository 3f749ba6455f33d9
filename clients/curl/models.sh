#!/bin/sh
# Which models are kept, how well each recommends, and which one answers.
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/models"
