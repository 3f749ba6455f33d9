{{- /*
The trainer's settings: a map from environment variable to text.
Usage: {{ include "playlist-recommender.trainingSettings" . | fromYaml }}
*/}}
{{- define "playlist-recommender.trainingSettings" -}}
{{- $text := "playlist-recommender.text" -}}
{{- if .Values.dataset.existingSecret }}
PLAYLIST_DATASET_SECRET_DIR: /etc/playlist/dataset
{{- else }}
PLAYLIST_DATASET_URL: {{ include $text .Values.dataset.url | quote }}
{{- end }}
PLAYLIST_DATASET_SHA256: {{ include $text .Values.dataset.sha256 | quote }}
PLAYLIST_ITEM_COLUMN: {{ include $text .Values.dataset.itemColumn | quote }}
PLAYLIST_PLAYLIST_COLUMN: {{ include $text .Values.dataset.playlistColumn | quote }}
PLAYLIST_SEPARATOR: {{ include $text .Values.dataset.separator | quote }}
PLAYLIST_MAX_DATASET_BYTES: {{ include $text .Values.dataset.maxBytes | quote }}
PLAYLIST_DATASET_CONNECT_TIMEOUT_SECONDS: {{ include $text .Values.dataset.connectTimeoutSeconds | quote }}
PLAYLIST_DATASET_READ_TIMEOUT_SECONDS: {{ include $text .Values.dataset.readTimeoutSeconds | quote }}
PLAYLIST_DATASET_DEADLINE_SECONDS: {{ include $text .Values.dataset.deadlineSeconds | quote }}
PLAYLIST_DATASET_RETRIES: {{ include $text .Values.dataset.retries | quote }}
{{- if .Values.dataset.headers.existingSecret }}
PLAYLIST_DATASET_HEADERS_FILE: /etc/playlist/headers/headers
{{- end }}
{{- if include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
PLAYLIST_DATASET_CA_BUNDLE: /etc/playlist/ca/ca.crt
{{- end }}
PLAYLIST_MIN_SUPPORT: {{ include $text .Values.training.minSupport | quote }}
PLAYLIST_RULES_PER_SONG: {{ include $text .Values.training.rulesPerSong | quote }}
PLAYLIST_MAX_RULES: {{ include $text .Values.training.maxRules | quote }}
PLAYLIST_MIN_CONFIDENCE: {{ include $text .Values.training.minConfidence | quote }}
PLAYLIST_MAX_LENGTH: {{ include $text .Values.training.maxLength | quote }}
PLAYLIST_MAX_ITEMSETS: {{ include $text .Values.training.maxItemsets | quote }}
PLAYLIST_ENGINE: {{ include $text .Values.training.engine | quote }}
{{- with include "playlist-recommender.sparkSettings" . }}
{{ . }}
{{- end }}
PLAYLIST_MAX_PLAYLISTS: {{ include $text .Values.training.maxPlaylists | quote }}
PLAYLIST_SEED: {{ include $text .Values.training.seed | quote }}
PLAYLIST_EVALUATION: {{ include $text .Values.training.evaluation | quote }}
PLAYLIST_GATE: {{ include $text .Values.training.gate.enabled | quote }}
PLAYLIST_GATE_MAX_RECALL_DROP: {{ include $text .Values.training.gate.maxRecallDrop | quote }}
PLAYLIST_GATE_ON_REJECT: {{ include $text .Values.training.gate.onReject | quote }}
PLAYLIST_MEMORY_LIMIT: {{ include $text .Values.training.memoryLimit | quote }}
PLAYLIST_LOCK_TIMEOUT_SECONDS: {{ include "playlist-recommender.lockTimeoutSeconds" . | quote }}
PLAYLIST_ROLLBACK_TO: {{ include $text .Values.training.rollbackTo | quote }}
PLAYLIST_KEEP_MODELS: {{ include $text .Values.persistence.keepModels | quote }}
PLAYLIST_LOG_FORMAT: {{ include $text .Values.logging.format | quote }}
PLAYLIST_LOG_LEVEL: {{ include $text .Values.logging.level | quote }}
{{ include "playlist-recommender.modelStoreSettings" . }}
PLAYLIST_MODEL_DIR: /models
{{- end }}

{{- /*
A training's pod template, given the trainer's command; the hook, the plain Job and the CronJob share it.
Usage: {{ include "playlist-recommender.trainingPod" (list . "train") }}
*/}}
{{- define "playlist-recommender.trainingPod" -}}
{{- $command := index . 1 }}
{{- with index . 0 -}}
metadata:
  labels:
    {{- include "playlist-recommender.podLabels" (list . "training" .Values.trainer.podLabels) | nindent 4 }}
  {{- with include "playlist-recommender.trainingAnnotations" . | fromYaml }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "playlist-recommender.trainingBasics" . | nindent 2 }}
  {{- with include "playlist-recommender.affinity" (list . .Values.trainer.affinity) }}
  affinity:
    {{- . | nindent 4 }}
  {{- end }}
  restartPolicy: Never
  {{- with .Values.trainer.extraInitContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: trainer
      {{- $image := include "playlist-recommender.trainerImage" . | fromYaml }}
      image: {{ include "playlist-recommender.image" (list . $image) | quote }}
      imagePullPolicy: {{ $image.pullPolicy }}
      args: [{{ $command }}]
      env:
        {{- $settings := include "playlist-recommender.trainingSettings" . | fromYaml }}
        {{- include "playlist-recommender.env" (list $settings .Values.trainer.extraEnv "trainer.extraEnv") | trim | nindent 8 }}
        {{- with include "playlist-recommender.sparkDriverEnv" . }}
        {{- . | trim | nindent 8 }}
        {{- end }}
      {{- /* NOTE: optional, so that a Secret that is missing is named by the trainer, as for the dataset's */}}
      {{- with include "playlist-recommender.envFrom" (list . .Values.trainer true) }}
      envFrom:
        {{- . | trim | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.containerSecurityContext | nindent 8 }}
      {{- with .Values.trainer.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - {name: models, mountPath: /models}
        - {name: tmp, mountPath: /tmp}
        {{- if .Values.dataset.existingSecret }}
        - {name: dataset, mountPath: /etc/playlist/dataset, readOnly: true}
        {{- end }}
        {{- if .Values.dataset.headers.existingSecret }}
        - {name: headers, mountPath: /etc/playlist/headers, readOnly: true}
        {{- end }}
        {{- if include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
        - {name: ca, mountPath: /etc/playlist/ca, readOnly: true}
        {{- end }}
        {{- with include "playlist-recommender.modelStoreCaMount" . }}
        {{- . | trim | nindent 8 }}
        {{- end }}
        {{- if include "playlist-recommender.sparkOnKubernetes" . }}
        - {name: spark, mountPath: /etc/playlist/spark, readOnly: true}
        {{- end }}
        {{- with .Values.trainer.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    {{- with .Values.trainer.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "playlist-recommender.trainingVolumes" . | nindent 4 }}
{{- end }}
{{- end }}

{{- /*
A training's volumes.
Usage: {{ include "playlist-recommender.trainingVolumes" . }}
*/}}
{{- define "playlist-recommender.trainingVolumes" -}}
{{ include "playlist-recommender.modelsVolume" . }}
- name: tmp
  emptyDir: {}
{{- /* NOTE: optional, so that a Secret that is missing is named by the trainer within a second, where the pod would
else wait for it without a word until its deadline */}}
{{- with .Values.dataset.existingSecret }}
- name: dataset
  secret: {secretName: {{ . | quote }}, optional: true, items: [{key: url, path: url}, {key: headers, path: headers}]}
{{- end }}
{{- with .Values.dataset.headers }}
{{- if .existingSecret }}
- name: headers
  secret: {secretName: {{ .existingSecret | quote }}, optional: true, items: [{key: {{ .key | quote }}, path: headers}]}
{{- end }}
{{- end }}
{{- with include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
- name: ca
  {{- . | trim | nindent 2 }}
{{- end }}
{{- with include "playlist-recommender.modelStoreCaVolume" (list . true) }}
{{ . | trim }}
{{- end }}
{{- if include "playlist-recommender.sparkOnKubernetes" . }}
- name: spark
  configMap: {name: {{ include "playlist-recommender.componentName" (list . "-spark") }}}
{{- end }}
{{- with .Values.trainer.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /*
A training Job's specification, given how often it is tried again, and the trainer's command.
Usage: {{ include "playlist-recommender.trainingJobSpec" (list . 0 "train") }}
*/}}
{{- define "playlist-recommender.trainingJobSpec" -}}
{{- $root := index . 0 -}}
backoffLimit: {{ index . 1 | int64 }}
activeDeadlineSeconds: {{ int64 $root.Values.training.activeDeadlineSeconds }}
podFailurePolicy:
  rules:
    # An evicted pod says nothing about the training.
    - action: Ignore
      onPodConditions: [{type: DisruptionTarget, status: "True"}]
    # 64: the settings or the dataset are wrong. 65: the gate rejected the candidate. Both are permanent.
    - action: FailJob
      onExitCodes: {containerName: trainer, operator: In, values: [64, 65]}
template:
  {{- include "playlist-recommender.trainingPod" (list $root (index . 2)) | nindent 2 }}
{{- end }}

{{- /*
How long a training waits for another, in seconds.
Usage: {{ include "playlist-recommender.lockTimeoutSeconds" . }}
*/}}
{{- define "playlist-recommender.lockTimeoutSeconds" -}}
{{- $own := .Values.training.lockTimeoutSeconds }}
{{- if float64 $own }}{{ include "playlist-recommender.text" $own }}{{ else }}{{ div (mul 5 (int64 .Values.training.activeDeadlineSeconds)) 6 | max 1 }}{{ end }}
{{- end }}

{{- /*
The specification of the Job that training.trigger asks for.
Usage: {{ include "playlist-recommender.triggeredJobSpec" . }}
*/}}
{{- define "playlist-recommender.triggeredJobSpec" -}}
{{- if eq .Values.training.trigger "hook" -}}
# Never on a plain Job: Argo CD would miss it and make it again, for ever.
ttlSecondsAfterFinished: {{ int64 .Values.training.ttlSecondsAfterFinished }}
{{ include "playlist-recommender.trainingJobSpec" (list . 0 "train") }}
{{- else -}}
{{ include "playlist-recommender.trainingJobSpec" (list . .Values.training.backoffLimit "train") }}
{{- end }}
{{- end }}
