{{- /*
Stops at values that can't work together, with what to do; what one value alone may be is in values.schema.json.
Usage: {{ include "playlist-recommender.checks" . }}
*/}}
{{- define "playlist-recommender.checks" -}}
{{- $problems := list }}
{{- range $name := list "api" "trainer" }}
{{- $tag := (index $.Values $name).image.tag }}
{{- if not (kindIs "string" $tag) }}
{{- $problems = append $problems (printf "%s.image.tag is the number %s, and a number loses zeros (1.10 is 1.1): write it in quotes, \"1.10\"; with --set use --set-string" $name (include "playlist-recommender.text" $tag)) }}
{{- else if eq $tag "latest" }}
{{- $problems = append $problems (printf "%s.image.tag is latest, so that pods could run different code and no roll-back would work: name a version" $name) }}
{{- end }}
{{- end }}
{{- with .Values.training.spark.image.tag }}
{{- if or (not (kindIs "string" .)) (eq (toString .) "latest") }}
{{- $problems = append $problems (printf "training.spark.image.tag is %v: name a version, in quotes" .) }}
{{- end }}
{{- end }}
{{- if eq .Values.training.engine "spark" }}
{{- if ne (int .Values.training.maxLength) 2 }}
{{- $problems = append $problems (printf "training.maxLength is %v, but training.engine spark finds rules between two songs: set maxLength to 2, or engine to eclat" .Values.training.maxLength) }}
{{- end }}
{{- if and (include "playlist-recommender.sparkOnKubernetes" .) (not .Values.dataset.existingSecret) (not (regexMatch "^(s3|gs|az|builtin):" .Values.dataset.url)) }}
{{- $problems = append $problems "dataset.url is not in an object store, but training.engine is spark, whose executors read it by themselves: copy it to one (s3://bucket/prefix/, gs://, az://), or set engine to eclat" }}
{{- end }}
{{- end }}
{{- range $name := list "api" "trainer" }}
{{- range concat (index $.Values $name).extraInitContainers (index $.Values $name).extraContainers }}
{{- if eq .name $name }}
{{- $problems = append $problems (printf "%s has an extra container called %s, which is the name of the chart's own: give it another name" $name .name) }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.training }}
{{- $support := float64 .minSupport }}
{{- if eq (toString .minSupport) "auto" }}
{{- else if or (le $support 0.0) (and (ge $support 1.0) (ne $support (floor $support))) }}
{{- $problems = append $problems (printf "training.minSupport is %v: write auto, a fraction of the playlists (above 0, below 1; 5%% is 0.05) or a whole number of playlists (from 1 on)" .minSupport) }}
{{- end }}
{{- end }}
{{- with .Values.api }}
{{- $least := add .drainSeconds (include "playlist-recommender.shutdownSeconds" $) | int }}
{{- if lt (int .terminationGracePeriodSeconds) $least }}
{{- $problems = append $problems (printf "api.terminationGracePeriodSeconds is %v, which cuts off requests in flight: raise it to at least %d (api.drainSeconds %v + %s to end), or lower api.drainSeconds" .terminationGracePeriodSeconds $least .drainSeconds (include "playlist-recommender.shutdownSeconds" $)) }}
{{- end }}
{{- if and .service.nodePort (eq .service.type "ClusterIP") }}
{{- $problems = append $problems (printf "api.service.nodePort is %v, but api.service.type is ClusterIP, which has none: set api.service.type to NodePort, or leave nodePort null" .service.nodePort) }}
{{- end }}
{{- if and .service.loadBalancerClass (ne .service.type "LoadBalancer") }}
{{- $problems = append $problems (printf "api.service.loadBalancerClass is set, but api.service.type is %s: set api.service.type to LoadBalancer, or leave loadBalancerClass empty" .service.type) }}
{{- end }}
{{- if and .ingress.enabled (not .ingress.hosts) }}
{{- $problems = append $problems "api.ingress.enabled is true, but api.ingress.hosts is empty: name at least one host, such as [songs.example.org]" }}
{{- end }}
{{- if and .httpRoute.enabled (not .httpRoute.parentRefs) }}
{{- $problems = append $problems "api.httpRoute.enabled is true, but api.httpRoute.parentRefs is empty: name the Gateway, such as [{name: public, namespace: gateways}]" }}
{{- end }}
{{- range .httpRoute.filters }}
{{- if and $.Values.api.httpRoute.enabled (eq (dig "type" "" .) "RequestRedirect") }}
{{- $problems = append $problems "api.httpRoute.filters has a RequestRedirect, which a route to the API can't have: put a route that redirects into extraObjects" }}
{{- end }}
{{- end }}
{{- if .autoscaling.enabled }}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) }}
{{- $problems = append $problems (printf "api.autoscaling.minReplicas (%v) is above maxReplicas (%v): raise the one or lower the other" .autoscaling.minReplicas .autoscaling.maxReplicas) }}
{{- end }}
{{- if not (dig "requests" "cpu" "" .resources) }}
{{- $problems = append $problems "api.autoscaling.enabled is true, but api.resources.requests.cpu is not set, and use is measured in percent of it: set it, for instance to 100m" }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.api.serviceMonitor.enabled .Values.api.podMonitor.enabled }}
{{- $problems = append $problems "api.serviceMonitor.enabled and api.podMonitor.enabled are both true, so that each pod would be counted twice: leave one of them" }}
{{- end }}
{{- $monitor := .Values.api.podMonitor.enabled | ternary "podMonitor" "serviceMonitor" }}
{{- if and .Values.networkPolicy.enabled (index .Values.api $monitor).enabled (not .Values.networkPolicy.metricsFrom) }}
{{- $problems = append $problems (printf "api.%s.enabled is true, but networkPolicy.metricsFrom is empty, so that nobody gets to the metrics: name Prometheus' namespace, such as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]" $monitor) }}
{{- end }}
{{- if and .Values.api.tracing.enabled (not .Values.api.tracing.endpoint) }}
{{- $problems = append $problems "api.tracing.enabled is true, but api.tracing.endpoint is empty: name the collector, such as http://collector.monitoring:4318" }}
{{- end }}
{{- with .Values.modelStore }}
{{- if and (hasPrefix "http:" .endpoint) (not .allowHttp) }}
{{- $problems = append $problems "modelStore.endpoint is an http address, without encryption: use https, or set modelStore.allowHttp to true if that is meant" }}
{{- end }}
{{- if and .region (hasPrefix "s3:" .url | not) .url }}
{{- $problems = append $problems "modelStore.region is set, but a gs:// or az:// store has none to choose: leave it empty" }}
{{- end }}
{{- if and (not .url) (or .endpoint .existingSecret .caBundle.existingSecret .caBundle.existingConfigMap) }}
{{- $problems = append $problems "modelStore.endpoint, existingSecret or caBundle is set, but modelStore.url is empty, so models would go to the volume: set the url, such as s3://bucket/models, or leave the others empty" }}
{{- end }}
{{- end }}
{{- with .Values.dataset }}
{{- if and .existingSecret (ne .url "builtin:sample") }}
{{- $problems = append $problems "dataset.existingSecret and dataset.url are both set, and the Secret holds the URL: remove one of them" }}
{{- end }}
{{- if and .existingSecret .headers.existingSecret }}
{{- $problems = append $problems "dataset.existingSecret and dataset.headers.existingSecret are both set: put the headers into the first one's key headers, or leave it empty" }}
{{- end }}
{{- end }}
{{- range $path, $bundle := dict "dataset" .Values.dataset.caBundle "modelStore" .Values.modelStore.caBundle }}
{{- if and $bundle.existingSecret $bundle.existingConfigMap }}
{{- $problems = append $problems (printf "%s.caBundle has both existingSecret and existingConfigMap: leave one of them empty" $path) }}
{{- end }}
{{- end }}
{{- if $problems }}
{{- fail (printf "\n\nvalues that can't work:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}
