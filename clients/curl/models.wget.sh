#!/bin/sh
# Which models are kept, how well each recommends, and which one answers.
set -eu
wget --quiet --output-document=- --content-on-error "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/models"
