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
The peers that are any server but the cloud's metadata addresses, unless these are allowed.
Usage: {{ include "playlist-recommender.anyServer" . }}
*/}}
{{- define "playlist-recommender.anyServer" -}}
{{- $four := .Values.networkPolicy.allowMetadata | ternary "" ", except: [169.254.0.0/16]" }}
{{- $six := .Values.networkPolicy.allowMetadata | ternary "" ", except: ['fd00:ec2::/32']" -}}
{{- /* NOTE: pods by a selector, because some networks count none of them among addresses */ -}}
- namespaceSelector: {}
- ipBlock: {cidr: 0.0.0.0/0{{ $four }}}
- ipBlock: {cidr: "::/0"{{ $six }}}
{{- end }}

{{- /*
The rules that let the API ask the object store: names, the store's port, and if allowed where an identity's keys are.
Usage: {{ include "playlist-recommender.storeEgress" . }}
*/}}
{{- define "playlist-recommender.storeEgress" -}}
{{- $endpoint := .Values.modelStore.endpoint | trimSuffix "/" }}
{{- $port := hasPrefix "http:" $endpoint | ternary "80" "443" }}
{{- $server := regexReplaceAll "^https?://|:[0-9]+$" $endpoint "" }}
{{- $address := regexFind "^[0-9]+([.][0-9]+){3}$" $server }}
{{- include "playlist-recommender.dnsEgress" . }}
- ports: [{port: {{ coalesce (regexFind ":[0-9]+$" $endpoint | trimPrefix ":") $port }}}]
  to:
    {{- if $address }}
    - ipBlock: {cidr: {{ $address }}/32}
    {{- else }}
    {{- include "playlist-recommender.anyServer" . | nindent 4 }}
    {{- end }}
{{- if .Values.networkPolicy.allowMetadata }}
- to: [{ipBlock: {cidr: 169.254.0.0/16}}, {ipBlock: {cidr: "fd00:ec2::/32"}}]
{{- end }}
{{- end }}
