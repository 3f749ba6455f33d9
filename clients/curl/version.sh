#!/bin/sh
# Which code answers, from which model, and what that was learned from.
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/api/version"
