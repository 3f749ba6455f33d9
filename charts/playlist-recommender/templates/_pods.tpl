{{- /*
An image with its tag, and its digest if there is one.
Usage: {{ include "playlist-recommender.image" (list . .Values.api.image) }}
*/}}
{{- define "playlist-recommender.image" -}}
{{- $root := index . 0 }}
{{- $image := index . 1 }}
{{- $repository := $image.repository }}
{{- with $root.Values.imageRegistry }}
{{- /* NOTE: the first part is a registry only if it looks like a host, as Docker reads it */}}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^(localhost|[^/]*[.:][^/]*)/" $repository "") }}
{{- end }}
{{- $digest := empty $image.digest | ternary "" (printf "@%s" $image.digest) }}
{{- printf "%s:%s%s" $repository (coalesce $image.tag $root.Chart.AppVersion) $digest }}
{{- end }}

{{- /*
A pod's labels: those that select it, and the user's.
Usage: {{ include "playlist-recommender.podLabels" (list . "api" .Values.api.podLabels) }}
*/}}
{{- define "playlist-recommender.podLabels" -}}
{{- $own := include "playlist-recommender.selectorLabels" (list (index . 0) (index . 1)) | fromYaml }}
{{- merge $own (index . 2) (index . 0).Values.commonLabels | toYaml }}
{{- end }}

{{- /*
What every pod has: no rights, no token, and which nodes it may run on.
Usage: {{ include "playlist-recommender.podBasics" (list . .Values.api) }}
*/}}
{{- define "playlist-recommender.podBasics" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 -}}
serviceAccountName: {{ include "playlist-recommender.serviceAccountName" $root | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $component.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with $component.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "playlist-recommender.tolerations" (list $root $component.tolerations) }}
tolerations:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}

{{- /*
A pod's tolerations: the user's, and where any node can run the pod, how long it waits for a node that is lost.
Usage: {{ include "playlist-recommender.tolerations" (list . .Values.api.tolerations) }}
*/}}
{{- define "playlist-recommender.tolerations" -}}
{{- $tolerations := index . 1 }}
{{- if include "playlist-recommender.anyNode" (index . 0) }}
{{- range $key := list "node.kubernetes.io/not-ready" "node.kubernetes.io/unreachable" }}
{{- $named := false }}
{{- range $tolerations }}
{{- $named = or $named (eq (dig "key" "" . | toString) $key) }}
{{- end }}
{{- if not $named }}
{{- /* NOTE: Kubernetes waits 300 s, for what may keep its data on the node; these pods keep copies there */}}
{{- $tolerations = append $tolerations (dict "key" $key "operator" "Exists" "effect" "NoExecute" "tolerationSeconds" 20) }}
{{- end }}
{{- end }}
{{- end }}
{{- with $tolerations }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- /*
Whether any node can run the pods: with an object store, or a volume that all nodes mount; "" where one node alone can.
Usage: {{ if include "playlist-recommender.anyNode" . }}
*/}}
{{- define "playlist-recommender.anyNode" -}}
{{- if or .Values.modelStore.url (eq .Values.persistence.accessMode "ReadWriteMany") }}yes{{ end }}
{{- end }}

{{- /*
The volume that is mounted at /models: the models' own, or with an object store a place for copies.
Usage: {{ include "playlist-recommender.modelsVolume" . | nindent 8 }}
*/}}
{{- define "playlist-recommender.modelsVolume" -}}
- name: models
{{- if .Values.modelStore.url }}
  emptyDir: {sizeLimit: {{ .Values.persistence.size | quote }}}
{{- else }}
  persistentVolumeClaim: {claimName: {{ include "playlist-recommender.claimName" . | quote }}}
{{- end }}
{{- end }}

{{- /*
How the object store is reached: a map from environment variable to text.
Usage: {{ include "playlist-recommender.modelStoreSettings" . }}
*/}}
{{- define "playlist-recommender.modelStoreSettings" -}}
{{- $text := "playlist-recommender.text" -}}
PLAYLIST_MODEL_STORE_URL: {{ include $text .Values.modelStore.url | quote }}
PLAYLIST_MODEL_STORE_ENDPOINT: {{ include $text .Values.modelStore.endpoint | quote }}
PLAYLIST_MODEL_STORE_REGION: {{ include $text .Values.modelStore.region | quote }}
PLAYLIST_MODEL_STORE_ALLOW_HTTP: {{ include $text .Values.modelStore.allowHttp | quote }}
{{- if include "playlist-recommender.caBundleSource" (list .Values.modelStore.caBundle false) }}
PLAYLIST_MODEL_STORE_CA_BUNDLE: /etc/playlist/store-ca/ca.crt
{{- end }}
{{- end }}

{{- /*
Where certificate authorities come from: the source of a volume, or nothing; given whether the pod starts without it.
Usage: {{ include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
*/}}
{{- define "playlist-recommender.caBundleSource" -}}
{{- $optional := index . 1 }}
{{- with index . 0 }}
{{- if .existingSecret }}
secret: {secretName: {{ .existingSecret | quote }}, optional: {{ $optional }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- else if .existingConfigMap }}
configMap: {name: {{ .existingConfigMap | quote }}, optional: {{ $optional }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
{{- end }}
{{- end }}
{{- end }}

{{- /*
The volume of the certificate authorities for the object store, and its mount.
Usage: {{ include "playlist-recommender.modelStoreCaVolume" (list . true) | trim | nindent 8 }}
*/}}
{{- define "playlist-recommender.modelStoreCaVolume" -}}
{{- with include "playlist-recommender.caBundleSource" (list (index . 0).Values.modelStore.caBundle (index . 1)) }}
- name: store-ca
  {{- . | trim | nindent 2 }}
{{- end }}
{{- end }}
{{- define "playlist-recommender.modelStoreCaMount" -}}
{{- if include "playlist-recommender.caBundleSource" (list .Values.modelStore.caBundle false) }}
- {name: store-ca, mountPath: /etc/playlist/store-ca, readOnly: true}
{{- end }}
{{- end }}

{{- /*
The object store's credentials, as a container's envFrom.
Usage: {{ include "playlist-recommender.modelStoreCredentials" (list . true) }}
*/}}
{{- define "playlist-recommender.modelStoreCredentials" -}}
{{- $store := (index . 0).Values.modelStore }}
{{- if and $store.url $store.existingSecret }}
- secretRef: {name: {{ $store.existingSecret | quote }}, optional: {{ index . 1 }}}
{{- end }}
{{- end }}

{{- /*
What a container takes whole as environment variables: the object store's credentials, then the user's own.
Usage: {{ include "playlist-recommender.envFrom" (list . .Values.trainer true) }}
*/}}
{{- define "playlist-recommender.envFrom" -}}
{{- include "playlist-recommender.modelStoreCredentials" (list (index . 0) (index . 2)) }}
{{- with (index . 1).extraEnvFrom }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /*
A pod's affinity: the user's, and with a ReadWriteOnce volume a term that keeps all pods with it on one node.
Only pods with the volume count, and each counts itself, so that the first one may start anywhere.
Usage: {{ include "playlist-recommender.affinity" (list . .Values.api.affinity) }}
*/}}
{{- define "playlist-recommender.affinity" -}}
{{- $root := index . 0 }}
{{- $affinity := deepCopy (index . 1) }}
{{- if not (include "playlist-recommender.anyNode" $root) }}
{{- $together := include "playlist-recommender.onOneNode" $root | fromYaml }}
{{- $pods := dict }}
{{- with dig "podAffinity" dict $affinity }}{{ $pods = . }}{{ end }}
{{- $terms := list }}
{{- with dig "requiredDuringSchedulingIgnoredDuringExecution" list $pods }}{{ $terms = . }}{{ end }}
{{- $pods = set $pods "requiredDuringSchedulingIgnoredDuringExecution" (append $terms $together) }}
{{- $affinity = set $affinity "podAffinity" $pods }}
{{- end }}
{{- if $affinity }}
{{- toYaml $affinity }}
{{- end }}
{{- end }}

{{- /*
The term that means: on the node where this release's other pods with the volume are.
Usage: {{ include "playlist-recommender.onOneNode" . | fromYaml }}
*/}}
{{- define "playlist-recommender.onOneNode" -}}
topologyKey: kubernetes.io/hostname
labelSelector:
  matchLabels:
    app.kubernetes.io/name: {{ include "playlist-recommender.name" . | quote }}
    app.kubernetes.io/instance: {{ .Release.Name | quote }}
  matchExpressions:
    - {key: app.kubernetes.io/component, operator: In, values: [api, training]}
{{- end }}

{{- /*
A setting's value as text. Helm reads every number of a file as a float, and would write 5000000 as 5e+06.
Usage: {{ include "playlist-recommender.text" .Values.training.maxItemsets | quote }}
*/}}
{{- define "playlist-recommender.text" -}}
{{- if kindIs "slice" . }}
{{- join "," . }}
{{- else if and (kindIs "float64" .) (eq (floor .) (float64 .)) }}
{{- int64 . }}
{{- else }}
{{- toString . }}
{{- end }}
{{- end }}

{{- /*
Environment variables from a map of names and values, in alphabetical order, then the user's own.
Kubernetes would read $(NAME) as another variable, and $$ as $: a value is meant as it stands. The user's own are
Kubernetes' to read.
Usage: {{ include "playlist-recommender.env" (list $settings .Values.api.extraEnv "api.extraEnv") }}
*/}}
{{- define "playlist-recommender.env" -}}
{{- $settings := index . 0 }}
{{- $where := index . 2 -}}
{{- range $name, $value := $settings }}
- {name: {{ $name }}, value: {{ $value | replace "$" "$$" | quote }}}
{{- end }}
{{- range index . 1 }}
{{- if hasKey $settings .name }}
{{- fail (printf "\n\n%s names %s, which the chart sets already: edit the value it comes from (see the table in the chart's README) and remove it here.\n" $where .name) }}
{{- end }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
