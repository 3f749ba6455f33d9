#!/bin/sh
# The description of the API, in OpenAPI 3.1.
set -eu
curl --silent --show-error --fail-with-body "${PLAYLIST_URL:-http://127.0.0.1:8080}/openapi.json"
