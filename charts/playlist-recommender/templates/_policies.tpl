{{- /*
The rule that lets a pod resolve names, wherever that is done; 5353 is where OpenShift's server listens.
Usage: {{ include "playlist-recommender.dnsEgress" . }}
*/}}
{{- define "playlist-recommender.dnsEgress" -}}
- ports:
    {{- range $port := list 53 5353 }}
    - {port: {{ $port }}, protocol: UDP}
    - {port: {{ $port }}, protocol: TCP}
    {{- end }}
{{- end }}

{{- /*
Where clouds keep an identity's keys, one list for IPv4 and one for IPv6: most at the link-local address, Alibaba Cloud
and Azure's WireServer elsewhere.
Usage: {{ (include "playlist-recommender.metadataAddresses" . | fromYaml).four }}
*/}}
{{- define "playlist-recommender.metadataAddresses" -}}
four: [169.254.0.0/16, 100.100.100.200/32, 168.63.129.16/32]
six: ["fd00:ec2::/32"]
{{- end }}

{{- /*
The peers that are any server but the cloud's metadata addresses, unless these are allowed.
Usage: {{ include "playlist-recommender.anyServer" . }}
*/}}
{{- define "playlist-recommender.anyServer" -}}
{{- $metadata := include "playlist-recommender.metadataAddresses" . | fromYaml }}
{{- $four := .Values.networkPolicy.allowMetadata | ternary "" (printf ", except: %s" (toJson $metadata.four)) }}
{{- $six := .Values.networkPolicy.allowMetadata | ternary "" (printf ", except: %s" (toJson $metadata.six)) -}}
{{- /* NOTE: pods by a selector, because some networks count none of them among addresses */ -}}
- namespaceSelector: {}
- ipBlock: {cidr: 0.0.0.0/0{{ $four }}}
- ipBlock: {cidr: "::/0"{{ $six }}}
{{- end }}

{{- /*
The rules that let the API ask the object store and the collector of traces: names, their ports, and if allowed where an
identity's keys are.
Usage: {{ include "playlist-recommender.apiEgress" . }}
*/}}
{{- define "playlist-recommender.apiEgress" -}}
{{- include "playlist-recommender.dnsEgress" . }}
{{- if .Values.modelStore.url }}
{{ include "playlist-recommender.serverEgress" (list . .Values.modelStore.endpoint) }}
{{- end }}
{{- if .Values.api.tracing.enabled }}
{{ include "playlist-recommender.serverEgress" (list . .Values.api.tracing.endpoint) }}
{{- end }}
{{- if and .Values.modelStore.url .Values.networkPolicy.allowMetadata }}
{{- $metadata := include "playlist-recommender.metadataAddresses" . | fromYaml }}
- to:
    {{- range concat $metadata.four $metadata.six }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
{{- end }}
{{- end }}

{{- /*
The rule that lets a pod ask one server, given its address: its port, and if the address is one of IPv4, no other.
Usage: {{ include "playlist-recommender.serverEgress" (list . .Values.modelStore.endpoint) }}
*/}}
{{- define "playlist-recommender.serverEgress" -}}
{{- $endpoint := index . 1 }}
{{- $port := hasPrefix "http:" $endpoint | ternary "80" "443" }}
{{- $authority := regexReplaceAll "^https?://|/.*$" $endpoint "" }}
{{- $address := regexFind "^[0-9]+([.][0-9]+){3}$" (regexReplaceAll ":[0-9]+$" $authority "") -}}
- ports: [{port: {{ coalesce (regexFind ":[0-9]+$" $authority | trimPrefix ":") $port }}}]
  to:
    {{- if $address }}
    - ipBlock: {cidr: {{ $address }}/32}
    {{- else }}
    {{- include "playlist-recommender.anyServer" (index . 0) | nindent 4 }}
    {{- end }}
{{- end }}
