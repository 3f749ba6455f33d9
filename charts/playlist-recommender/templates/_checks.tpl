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
{{- $host := "([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]+)?" }}
{{- $path := "[a-z0-9]+(([._]|__|-+|/)[a-z0-9]+)*" }}
{{- range $name, $image := dict "api" .Values.api.image "trainer" .Values.trainer.image "training.spark" .Values.training.spark.image }}
{{- if not (regexMatch "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$" (toString $image.tag)) }}
{{- $problems = append $problems (printf "%s.image.tag is %q, but a tag has letters, digits, _ . and - only, at most 128, and begins with none of the last two: write the tag alone (a digest goes into %s.image.digest)" $name (toString $image.tag) $name) }}
{{- end }}
{{- if not (regexMatch (printf "^(%s/)?%s$" $host $path) $image.repository) }}
{{- $problems = append $problems (printf "%s.image.repository is %q: write host and path alone, such as registry.example.com/team/%s, without https:// and without a tag (that goes into %s.image.tag)" $name $image.repository $name $name) }}
{{- end }}
{{- end }}
{{- if not (regexMatch (printf "^(%s(/%s)?)?$" $host $path) .Values.imageRegistry) }}
{{- $problems = append $problems (printf "imageRegistry is %q: write a host, such as registry.example.com:5000, without https://" .Values.imageRegistry) }}
{{- end }}
{{- $fullname := include "playlist-recommender.fullname" . }}
{{- if not (regexMatch "^[a-z][a-z0-9-]*$" $fullname) }}
{{- $problems = append $problems (printf "the release is called %s, but a Service's name begins with a letter and has no dots: choose another name, or set fullnameOverride" .Release.Name) }}
{{- end }}
{{- range $key, $_ := .Values.trainer.annotations }}
{{- if regexMatch "^(helm\\.sh|argocd\\.argoproj\\.io)/(hook|sync-wave)" $key }}
{{- $problems = append $problems (printf "trainer.annotations has %s, but the chart decides when the training runs: remove it (training.trigger chooses between hook and job)" $key) }}
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
{{- $seen := list $name }}
{{- range concat (index $.Values $name).extraInitContainers (index $.Values $name).extraContainers }}
{{- if eq (toString .name) $name }}
{{- $problems = append $problems (printf "%s has an extra container called %s, which is the name of the chart's own: give it another name" $name .name) }}
{{- else if has .name $seen }}
{{- $problems = append $problems (printf "%s has two extra containers called %v: give one of them another name" $name .name) }}
{{- end }}
{{- $seen = append $seen .name }}
{{- end }}
{{- range (index $.Values $name).extraInitContainers }}
{{- if and (dig "restartPolicy" "" .) (semverCompare "<1.29-0" $.Capabilities.KubeVersion.Version) }}
{{- $problems = append $problems (printf "%s.extraInitContainers has %v with a restartPolicy, but Kubernetes knows that from 1.29 on, and this is %s: put it into %s.extraContainers" $name .name $.Capabilities.KubeVersion.Version $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.training }}
{{- $support := float64 .minSupport }}
{{- if eq (toString .minSupport) "auto" }}
{{- else if or (regexMatch "[a-zA-Z]{2}" (toString .minSupport)) (le $support 0.0) (and (ge $support 1.0) (ne $support (floor $support))) }}
{{- $problems = append $problems (printf "training.minSupport is %s: write auto, a fraction of the playlists (above 0, below 1; 5%% is 0.05) or a whole number of playlists (from 1 on)" (eq (toString .minSupport) "" | ternary "empty" (toString .minSupport))) }}
{{- end }}
{{- end }}
{{- if ge (float64 .Values.dataset.deadlineSeconds) (float64 .Values.training.activeDeadlineSeconds) }}
{{- $problems = append $problems (printf "dataset.deadlineSeconds (%v) is not below training.activeDeadlineSeconds (%v), so that Kubernetes would end a training before its download gives up: lower the one or raise the other" (include "playlist-recommender.text" .Values.dataset.deadlineSeconds) (include "playlist-recommender.text" .Values.training.activeDeadlineSeconds)) }}
{{- end }}
{{- if and (not .Values.modelStore.url) (ge (include "playlist-recommender.lockTimeoutSeconds" . | float64) (float64 .Values.training.activeDeadlineSeconds)) }}
{{- $problems = append $problems (printf "training.lockTimeoutSeconds (%v) is not below training.activeDeadlineSeconds (%v), so that Kubernetes would end a training that still waits for another: lower the one, leave it at 0 or raise the other" (include "playlist-recommender.lockTimeoutSeconds" .) (include "playlist-recommender.text" .Values.training.activeDeadlineSeconds)) }}
{{- end }}
{{- with .Values.api }}
{{- $least := add .drainSeconds (include "playlist-recommender.shutdownSeconds" $) | int }}
{{- if lt (int .terminationGracePeriodSeconds) $least }}
{{- $problems = append $problems (printf "api.terminationGracePeriodSeconds is %v, which cuts off requests in flight: raise it to at least %d (api.drainSeconds %v + %s to end), or lower api.drainSeconds" .terminationGracePeriodSeconds $least .drainSeconds (include "playlist-recommender.shutdownSeconds" $)) }}
{{- end }}
{{- if eq (int .metricsPort) 8080 }}
{{- $problems = append $problems "api.metricsPort is 8080, where the API itself listens: choose another port, such as 9090" }}
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
{{- range .httpRoute.parentRefs }}
{{- if and $.Values.api.httpRoute.enabled (not (dig "name" "" .)) }}
{{- $problems = append $problems "api.httpRoute.parentRefs has an entry without a name: name the Gateway, such as [{name: public, namespace: gateways}]" }}
{{- end }}
{{- end }}
{{- $tls := list }}
{{- range .ingress.tls }}
{{- $tls = concat $tls (dig "hosts" list .) }}
{{- end }}
{{- range $name, $hosts := dict "ingress.hosts" .ingress.hosts "ingress.tls" $tls "httpRoute.hostnames" .httpRoute.hostnames }}
{{- range $hosts }}
{{- if or (regexMatch "^[0-9.]+$" (toString .)) (not (regexMatch "^([*][.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" (toString .))) }}
{{- $problems = append $problems (printf "api.%s has %q: write a host's name alone, in lower case, such as songs.example.org (no address in numbers; a path goes into api.ingress.path or api.httpRoute.path)" $name (toString .)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range .httpRoute.filters }}
{{- $path := dig "urlRewrite" "path" "type" "" . }}
{{- if and $.Values.api.httpRoute.enabled (ne $.Values.api.httpRoute.pathType "PathPrefix") (eq $path "ReplacePrefixMatch") }}
{{- $problems = append $problems (printf "api.httpRoute.filters replaces a prefix, but api.httpRoute.pathType is %s: set it to PathPrefix, or replace the full path" $.Values.api.httpRoute.pathType) }}
{{- end }}
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
{{- range $name := list "serviceMonitor" "podMonitor" "scrapeAnnotations" }}
{{- if and $.Values.networkPolicy.enabled (index $.Values.api $name).enabled (not $.Values.networkPolicy.metricsFrom) }}
{{- $problems = append $problems (printf "api.%s.enabled is true, but networkPolicy.metricsFrom is empty, so that nobody gets to the metrics: name Prometheus' namespace, such as [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]" $name) }}
{{- end }}
{{- end }}
{{- if and .Values.monitoring.rules.enabled (not (or .Values.api.serviceMonitor.enabled .Values.api.podMonitor.enabled .Values.monitoring.selector)) }}
{{- $problems = append $problems "monitoring.rules.enabled is true, but nothing says which series are this release's: enable api.serviceMonitor or api.podMonitor, or write monitoring.selector" }}
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
{{- if and (not .url) (or .endpoint .region .existingSecret .caBundle.existingSecret .caBundle.existingConfigMap) }}
{{- $problems = append $problems "modelStore.endpoint, region, existingSecret or caBundle is set, but modelStore.url is empty, so models would go to the volume: set the url, such as s3://bucket/models, or leave the others empty" }}
{{- end }}
{{- end }}
{{- if and .Values.modelStore.url .Values.persistence.existingClaim }}
{{- $problems = append $problems "modelStore.url and persistence.existingClaim are both set, and models would go to the store alone: leave one of them empty" }}
{{- end }}
{{- range $path, $endpoint := dict "modelStore.endpoint" .Values.modelStore.endpoint "api.tracing.endpoint" .Values.api.tracing.endpoint }}
{{- /* NOTE: past the brackets of an IPv6 address */}}
{{- $port := regexReplaceAll "^[a-z]+://([^/]*@)?(\\[[^]]*\\]|[^:/]*)" $endpoint "" | regexFind "^:[^/]*" | trimPrefix ":" }}
{{- if and $port (not (and (regexMatch "^[1-9][0-9]{0,4}$" $port) (le (atoi $port) 65535))) }}
{{- $problems = append $problems (printf "%s has the port %s: write one of 1 to 65535" $path $port) }}
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
