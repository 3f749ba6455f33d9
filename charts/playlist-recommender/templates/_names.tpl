{{- /*
The chart's name, or what replaces it.
Usage: {{ include "playlist-recommender.name" . }}
*/}}
{{- define "playlist-recommender.name" -}}
{{- coalesce .Values.nameOverride .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /*
The base of all names: the release's and the chart's name, once only if one holds the other.
Usage: {{ include "playlist-recommender.fullname" . }}
*/}}
{{- define "playlist-recommender.fullname" -}}
{{- $name := include "playlist-recommender.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name }}
{{- end }}
{{- end }}

{{- /*
An object's name: base and suffix, at most 63 characters, or as many as a third item says.
What is cut off is stood for by a hash, so that two long releases don't come to share a name.
Usage: {{ include "playlist-recommender.componentName" (list . "-api") }}
*/}}
{{- define "playlist-recommender.componentName" -}}
{{- $base := include "playlist-recommender.fullname" (index . 0) }}
{{- $suffix := index . 1 }}
{{- $room := sub (len . | eq 3 | ternary (last .) 63) (len $suffix) | int }}
{{- if gt (len $base) $room }}
{{- $base = printf "%s-%s" (trunc (sub $room 9 | int) $base | trimSuffix "-") (sha256sum $base | trunc 8) }}
{{- end }}
{{- printf "%s%s" $base $suffix }}
{{- end }}

{{- /*
The labels that select a component's pods: these never change, because a Deployment's selector can't.
Usage: {{ include "playlist-recommender.selectorLabels" (list . "api") }}
*/}}
{{- define "playlist-recommender.selectorLabels" -}}
app.kubernetes.io/name: {{ include "playlist-recommender.name" (index . 0) | quote }}
{{- /* NOTE: YAML would read a release called 1e3 or null as something else */}}
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /*
An object's labels. Not for pods: the version in them would restart every pod when only the chart's version changed.
Usage: {{ include "playlist-recommender.labels" (list . "api") }}
*/}}
{{- define "playlist-recommender.labels" -}}
{{- $root := index . 0 }}
{{- $own := include "playlist-recommender.selectorLabels" . | fromYaml }}
{{- $_ := set $own "app.kubernetes.io/version" $root.Chart.AppVersion }}
{{- $_ := set $own "app.kubernetes.io/managed-by" $root.Release.Service }}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63) }}
{{- merge $own $root.Values.commonLabels | toYaml }}
{{- end }}

{{- /*
The name of the volume's claim.
Usage: {{ include "playlist-recommender.claimName" . }}
*/}}
{{- define "playlist-recommender.claimName" -}}
{{- coalesce .Values.persistence.existingClaim (include "playlist-recommender.componentName" (list . "-models")) }}
{{- end }}

{{- /*
The name of the pods' ServiceAccount.
Usage: {{ include "playlist-recommender.serviceAccountName" . }}
*/}}
{{- define "playlist-recommender.serviceAccountName" -}}
{{- $own := .Values.serviceAccount.create | ternary (include "playlist-recommender.componentName" (list . "")) "default" }}
{{- coalesce .Values.serviceAccount.name $own }}
{{- end }}
