{{- /*
Which series are this release's: what monitoring.selector says, else those that either monitor leads to.
Usage: {{ include "playlist-recommender.seriesSelector" . }}
*/}}
{{- define "playlist-recommender.seriesSelector" -}}
{{- $api := include "playlist-recommender.componentName" (list . "-api") }}
{{- $metrics := include "playlist-recommender.componentName" (list . "-api-metrics") }}
{{- /* NOTE: a ServiceMonitor's job is the Service's name, a PodMonitor's is its own with the namespace before it */}}
{{- $own := printf "namespace=%q,job=~\"%s|%s/%s\"" .Release.Namespace $metrics .Release.Namespace $api }}
{{- coalesce .Values.monitoring.selector $own }}
{{- end }}

{{- /*
One alert: its name, expression and "for", severity, and what a person reads. More labels are a map.
Usage: {{ include "playlist-recommender.alert" (dict "root" . "name" … "expr" … "for" … "severity" … "summary" … "description" … "labels" (dict)) }}
*/}}
{{- define "playlist-recommender.alert" -}}
{{- $rules := .root.Values.monitoring.rules -}}
- alert: {{ .name }}
  expr: {{ .expr | quote }}
  {{- with .for }}
  for: {{ . }}
  {{- end }}
  labels:
    {{- mustMergeOverwrite (dict "severity" .severity) (default dict .labels) $rules.alertLabels | toYaml | nindent 4 }}
  annotations:
    summary: {{ .summary | quote }}
    description: {{ .description | quote }}
    runbook_url: {{ printf "%s#%s" $rules.runbookUrl (lower .name) | quote }}
{{- end }}

{{- /*
Windows of the burn-rate alerts, as the SRE Workbook has them: long and short window, rate, severity.
A rate of 14.4 spends 2 % of a month's budget in an hour, 6 spends 5 % in six, 3 a tenth in a day, 1 a tenth in three.
Usage: {{ range include "playlist-recommender.burnRates" . | fromYamlArray }}
*/}}
{{- define "playlist-recommender.burnRates" -}}
- {long: 1h, short: 5m, rate: 14.4, severity: critical}
- {long: 6h, short: 30m, rate: 6, severity: critical}
- {long: 1d, short: 2h, rate: 3, severity: warning}
- {long: 3d, short: 6h, rate: 1, severity: warning}
{{- end }}

{{- /*
The alerts about a state that lasts.
Usage: {{ range include "playlist-recommender.stateAlerts" . | fromYamlArray }}
*/}}
{{- define "playlist-recommender.stateAlerts" -}}
{{- $rules := .Values.monitoring.rules }}
{{- $sel := include "playlist-recommender.seriesSelector" . }}
{{- $by := "by (namespace, job)" }}
{{- $last := printf "max %s (playlist_last_training{%s,outcome=\"%%s\"}) == 1" $by $sel }}
- name: PlaylistNoModel
  severity: critical
  for: {{ $rules.for }}
  expr: {{ printf "playlist_model_loaded{%s} == 0" $sel | quote }}
  summary: A pod has no model
  description: {{ `{{ $labels.pod }} answers every recommendation with 503: it has no model.` | quote }}
- name: PlaylistReloadFailing
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "playlist_model_fault{%s} == 1" $sel | quote }}
  summary: A pod cannot load the wanted model
  description: {{ `{{ $labels.pod }} cannot load the model that current.json names, and answers from the one before.` | quote }}
- name: PlaylistPodsDisagree
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "count %s (count by (namespace, job, model_id) (playlist_model_info{%s})) > 1" $by $sel | quote }}
  summary: Pods answer from different models
  description: {{ `{{ $value }} models are in use at a time, so the same question gets different answers.` | quote }}
- name: PlaylistTrainingFailed
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf $last "failed" | quote }}
  summary: The training failed
  description: The last training failed, and no later one was better. The pods answer from the model before.
- name: PlaylistDatasetUnseen
  severity: warning
  for: {{ int64 $rules.lookAgeSeconds }}s
  expr: {{ printf $last "unseen" | quote }}
  summary: The dataset cannot be looked at
  description: The server of the dataset has not answered for {{ int64 $rules.lookAgeSeconds }} s. The pods answer from the model before.
{{- if and .Values.training.reconcile.enabled (not .Values.training.reconcile.suspend) }}
- name: PlaylistTrainerSilent
  severity: warning
  for: 1m
  expr: {{ printf "time() - max %s (playlist_last_look_timestamp_seconds{%s}) > %d" $by $sel (int64 $rules.lookAgeSeconds) | quote }}
  summary: No training has run
  description: {{ `No training has come to an end for {{ $value | humanizeDuration }}, whatever its outcome.` | quote }}
{{- end }}
- name: PlaylistCandidateRejected
  severity: warning
  expr: {{ printf $last "rejected" | quote }}
  summary: The gate rejected a model
  description: The model that was trained last is clearly worse than the one before, which stays in use.
- name: PlaylistStoreAway
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "playlist_store_up{%s} == 0" $sel | quote }}
  summary: A pod cannot read where models are kept
  description: {{ `{{ $labels.pod }} cannot read the store of the models. It answers from the model that it has; a new pod would have none.` | quote }}
{{- $answers := printf "sum %s (increase(playlist_answers_total{%s%%s}[1h]))" $by $sel }}
- name: PlaylistFewRuleAnswers
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "1 - %s / %s < %v and %s > 100" (printf $answers ",source=\"popular\"") (printf $answers "") $rules.minRuleAnswers (printf $answers "") | quote }}
  summary: Few recommendations come from rules
  description: {{ `Rules gave something to only {{ $value | humanizePercentage }} of the answers of the last hour; the rest are the same popular songs for everybody.` | quote }}
- name: PlaylistAllTargetsGone
  severity: critical
  for: {{ $rules.for }}
  expr: {{ printf "absent(up{%s} == 1)" $sel | quote }}
  summary: No pod can be scraped
  description: Prometheus gets metrics from no pod. Either none runs, or nobody lets Prometheus in. All other alerts are blind.
- name: PlaylistTargetGone
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "up{%s} == 0" $sel | quote }}
  summary: A pod cannot be scraped
  description: {{ `Prometheus gets no metrics from {{ $labels.pod }}.` | quote }}
{{- if not .Values.modelStore.url }}
- name: PlaylistVolumeNearlyFull
  severity: warning
  for: {{ $rules.for }}
  expr: {{ printf "min %s (playlist_store_available_bytes{%s} / playlist_store_size_bytes{%s}) < %v" $by $sel $sel $rules.minVolumeFree | quote }}
  summary: The volume with the models is nearly full
  description: {{ `{{ $value | humanizePercentage }} of the volume is free. A training that finds no room fails.` | quote }}
{{- end }}
{{- end }}
