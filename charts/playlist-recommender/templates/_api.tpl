{{- /*
The API's settings: a map from environment variable to text.
Usage: {{ include "playlist-recommender.apiSettings" . | fromYaml }}
*/}}
{{- define "playlist-recommender.apiSettings" -}}
{{- $text := "playlist-recommender.text" -}}
PLAYLIST_REFRESH_INTERVAL_SECONDS: {{ include $text .Values.api.refreshIntervalSeconds | quote }}
PLAYLIST_BASE_PATH: {{ include $text .Values.api.basePath | quote }}
PLAYLIST_METRICS_PORT: {{ include $text .Values.api.metricsPort | quote }}
PLAYLIST_THREADS: {{ include $text .Values.api.threads | quote }}
PLAYLIST_REQUEST_LOG: {{ include $text .Values.api.requestLog | quote }}
PLAYLIST_CORS_ORIGINS: {{ include $text .Values.api.corsOrigins | quote }}
PLAYLIST_MAX_BODY_BYTES: {{ include $text .Values.api.maxBodyBytes | quote }}
PLAYLIST_MAX_HEADER_BYTES: {{ include $text .Values.api.maxHeaderBytes | quote }}
PLAYLIST_MAX_CONNECTIONS: {{ include $text .Values.api.maxConnections | quote }}
PLAYLIST_HEADER_TIMEOUT_SECONDS: {{ include $text .Values.api.headerTimeoutSeconds | quote }}
PLAYLIST_REQUEST_TIMEOUT_SECONDS: {{ include $text .Values.api.requestTimeoutSeconds | quote }}
PLAYLIST_ANSWER_TIMEOUT_SECONDS: {{ include $text .Values.api.answerTimeoutSeconds | quote }}
PLAYLIST_KEEP_ALIVE_SECONDS: {{ include $text .Values.api.keepAliveSeconds | quote }}
PLAYLIST_MAX_BATCH: {{ include $text .Values.api.maxBatch | quote }}
PLAYLIST_MAX_WAITING: {{ include $text .Values.api.maxWaiting | quote }}
PLAYLIST_MAX_SONGS: {{ include $text .Values.api.maxSongs | quote }}
PLAYLIST_MAX_SONG_LENGTH: {{ include $text .Values.api.maxSongLength | quote }}
PLAYLIST_TRACING_ENABLED: {{ include $text .Values.api.tracing.enabled | quote }}
PLAYLIST_TRACING_ENDPOINT: {{ include $text .Values.api.tracing.endpoint | quote }}
PLAYLIST_TRACING_SAMPLING_RATIO: {{ include $text .Values.api.tracing.samplingRatio | quote }}
PLAYLIST_LOG_FORMAT: {{ include $text .Values.logging.format | quote }}
PLAYLIST_LOG_LEVEL: {{ include $text .Values.logging.level | quote }}
{{ include "playlist-recommender.modelStoreSettings" . }}
PLAYLIST_MODEL_STORE_REFRESH_INTERVAL_SECONDS: {{ include $text .Values.modelStore.refreshIntervalSeconds | quote }}
PLAYLIST_MODEL_DIR: /models
PLAYLIST_PORT: "8080"
{{- end }}

{{- /*
How long the server takes, in seconds, to end after the drain: gunicorn's graceful_timeout, and some to spare.
Usage: {{ include "playlist-recommender.shutdownSeconds" . }}
*/}}
{{- define "playlist-recommender.shutdownSeconds" -}}
{{- add 15 5 }}
{{- end }}

{{- /*
The least number of the API's pods; two where somebody else scales them.
Usage: {{ include "playlist-recommender.leastReplicas" . }}
*/}}
{{- define "playlist-recommender.leastReplicas" -}}
{{- $replicas := kindIs "invalid" .Values.api.replicas | ternary 2 .Values.api.replicas }}
{{- .Values.api.autoscaling.enabled | ternary .Values.api.autoscaling.minReplicas $replicas }}
{{- end }}

{{- /*
How the API's pods are spread: as the user says, else evenly over the nodes, where any node can run them.
Usage: {{ include "playlist-recommender.topologySpread" . }}
*/}}
{{- define "playlist-recommender.topologySpread" -}}
{{- /* NOTE: the pods of one rollout are counted alone, and no node that is lost or drained: else new pods would wait
for old ones to go, and those of a lost node for its return. No must for an autoscaler, whom one full node would stop */}}
{{- $isFixed := not (or .Values.api.autoscaling.enabled (kindIs "invalid" .Values.api.replicas)) }}
{{- if .Values.api.topologySpreadConstraints }}
{{- toYaml .Values.api.topologySpreadConstraints }}
{{- else if include "playlist-recommender.anyNode" . }}
- topologyKey: kubernetes.io/hostname
  maxSkew: 1
  whenUnsatisfiable: {{ $isFixed | ternary "DoNotSchedule" "ScheduleAnyway" }}
  nodeTaintsPolicy: Honor
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "playlist-recommender.selectorLabels" (list . "api") | nindent 6 }}
{{- end }}
{{- end }}

{{- /*
The prefix that an Ingress or a route sends to the API: its own, else what the API serves everything below.
Usage: {{ include "playlist-recommender.prefix" (list . .Values.api.ingress.path) }}
*/}}
{{- define "playlist-recommender.prefix" -}}
{{- $root := index . 0 }}
{{- coalesce (index . 1) $root.Values.api.basePath "/" }}
{{- end }}

{{- /*
The annotations of the API's pods: the user's, and where Prometheus goes by them, where the metrics are.
Usage: {{ include "playlist-recommender.apiAnnotations" . | fromYaml }}
*/}}
{{- define "playlist-recommender.apiAnnotations" -}}
{{- $own := dict }}
{{- if .Values.api.scrapeAnnotations.enabled }}
{{- $port := int64 .Values.api.metricsPort | toString }}
{{- $own = dict "prometheus.io/scrape" "true" "prometheus.io/port" $port "prometheus.io/path" "/metrics" }}
{{- end }}
{{- merge (deepCopy .Values.api.podAnnotations) $own | toYaml }}
{{- end }}
