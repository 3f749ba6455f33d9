{{- /*
Whether the training makes executors as pods; "" where it doesn't.
Usage: {{ if include "playlist-recommender.sparkOnKubernetes" . }}
*/}}
{{- define "playlist-recommender.sparkOnKubernetes" -}}
{{- if and (eq .Values.training.engine "spark") (eq .Values.training.spark.master "k8s") }}yes{{ end }}
{{- end }}

{{- /*
The image that trains.
Usage: {{ include "playlist-recommender.trainerImage" . | fromYaml }}
*/}}
{{- define "playlist-recommender.trainerImage" -}}
{{- eq .Values.training.engine "spark" | ternary .Values.training.spark.image .Values.trainer.image | toYaml }}
{{- end }}

{{- /*
The engine spark's settings: a map from environment variable to text; nothing for another engine.
Usage: {{ include "playlist-recommender.sparkSettings" . }}
*/}}
{{- define "playlist-recommender.sparkSettings" -}}
{{- $text := "playlist-recommender.text" -}}
{{- if eq .Values.training.engine "spark" -}}
{{- with .Values.training.spark -}}
PLAYLIST_SPARK_MASTER: {{ include $text .master | quote }}
PLAYLIST_SPARK_EXECUTORS: {{ include $text .executors | quote }}
PLAYLIST_SPARK_EXECUTOR_MEMORY: {{ include $text .executorMemory | quote }}
PLAYLIST_SPARK_EXECUTOR_CORES: {{ include $text .executorCores | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
The annotations of a training's pods: the user's, and what changes with what executors are made from.
Usage: {{ include "playlist-recommender.trainingAnnotations" . | fromYaml }}
*/}}
{{- define "playlist-recommender.trainingAnnotations" -}}
{{- $own := dict }}
{{- if include "playlist-recommender.sparkOnKubernetes" . }}
{{- $own = dict "checksum/spark" (include "playlist-recommender.sparkFiles" . | sha256sum) }}
{{- end }}
{{- merge (deepCopy .Values.trainer.podAnnotations) $own | toYaml }}
{{- end }}

{{- /*
A training's podBasics; a Spark driver has an account of its own, which may make pods.
Usage: {{ include "playlist-recommender.trainingBasics" . }}
*/}}
{{- define "playlist-recommender.trainingBasics" -}}
{{- $basics := include "playlist-recommender.podBasics" (list . .Values.trainer) | fromYaml }}
{{- if include "playlist-recommender.sparkOnKubernetes" . }}
{{- $_ := set $basics "serviceAccountName" (include "playlist-recommender.componentName" (list . "-spark")) }}
{{- $_ := set $basics "automountServiceAccountToken" true }}
{{- end }}
{{- toYaml $basics }}
{{- end }}

{{- /*
What Spark itself reads of a driver's environment: here Kubernetes fills in the pod's name and address.
Usage: {{ include "playlist-recommender.sparkDriverEnv" . }}
*/}}
{{- define "playlist-recommender.sparkDriverEnv" -}}
{{- if include "playlist-recommender.sparkOnKubernetes" . }}
- {name: SPARK_CONF_DIR, value: /etc/playlist/spark}
- {name: SPARK_LOCAL_DIRS, value: /tmp}
- {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
- {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: SPARK_LOCAL_IP, value: $(POD_IP)}
{{- /* NOTE: executors are owned by the pod of this name, and go with it */}}
- name: PYSPARK_SUBMIT_ARGS
  value: --conf spark.kubernetes.driver.pod.name=$(POD_NAME) --conf spark.driver.host=$(POD_IP) pyspark-shell
{{- end }}
{{- end }}

{{- /*
The files that the driver reads: Spark's settings, and the template of an executor's pod.
Usage: {{ include "playlist-recommender.sparkFiles" . | fromYaml }}
*/}}
{{- define "playlist-recommender.sparkFiles" -}}
spark-defaults.conf: {{ include "playlist-recommender.sparkDefaults" . | trim | quote }}
executor.yaml: {{ include "playlist-recommender.executorPod" . | quote }}
{{- end }}

{{- /*
spark-defaults.conf: what the trainer's own settings don't say.
Usage: {{ include "playlist-recommender.sparkDefaults" . }}
*/}}
{{- define "playlist-recommender.sparkDefaults" -}}
{{- $spark := .Values.training.spark }}
{{- /* NOTE: fixed ports, because a NetworkPolicy names them */}}
{{- $conf := dict
  "spark.driver.port" "7078"
  "spark.driver.blockManager.port" "7079"
  "spark.blockManager.port" "7080"
  "spark.driver.memory" "512m"
  "spark.kubernetes.namespace" .Release.Namespace
  "spark.kubernetes.container.image" (include "playlist-recommender.image" (list . $spark.image))
  "spark.kubernetes.container.image.pullPolicy" $spark.image.pullPolicy
  "spark.kubernetes.executor.podTemplateFile" "/etc/playlist/spark/executor.yaml"
  "spark.kubernetes.executor.podTemplateContainerName" "executor"
  "spark.kubernetes.executor.request.cores" (toString $spark.executorCpu)
  "spark.kubernetes.executor.deleteOnTermination" "true"
  "spark.kubernetes.executor.disableConfigMap" "true"
}}
{{- range $name, $value := merge (deepCopy $spark.conf) $conf }}
{{ $name }} {{ include "playlist-recommender.text" $value }}
{{- end }}
{{ end }}

{{- /*
The template of an executor's pod; Spark adds its image, memory, CPU, environment and owner.
Usage: {{ include "playlist-recommender.executorPod" . }}
*/}}
{{- define "playlist-recommender.executorPod" -}}
apiVersion: v1
kind: Pod
metadata:
  labels:
    {{- include "playlist-recommender.podLabels" (list . "executor" .Values.trainer.podLabels) | nindent 4 }}
  {{- with .Values.trainer.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "playlist-recommender.podBasics" (list . .Values.trainer) | nindent 2 }}
  restartPolicy: Never
  {{- with .Values.trainer.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  # Where a node is lost, as little as can be goes with it.
  topologySpreadConstraints:
    - topologyKey: kubernetes.io/hostname
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      nodeTaintsPolicy: Honor
      labelSelector:
        matchLabels:
          app.kubernetes.io/name: {{ include "playlist-recommender.name" . }}
          app.kubernetes.io/instance: {{ .Release.Name }}
        matchExpressions:
          - {key: app.kubernetes.io/component, operator: In, values: [training, executor]}
  containers:
    - name: executor
      # The package of Spark from PyPI has no entrypoint script; what Spark appends to args is nothing to sh.
      command: [/bin/sh, -c]
      args:
        - >-
          exec java $(env | grep -E '^SPARK_JAVA_OPT_' | sort -t_ -k4 -n | sed 's/[^=]*=//' | tr '\n' ' ')
          -Xms$SPARK_EXECUTOR_MEMORY -Xmx$SPARK_EXECUTOR_MEMORY -cp "$SPARK_HOME/jars/*"
          org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend
          --driver-url $SPARK_DRIVER_URL --executor-id $SPARK_EXECUTOR_ID --cores $SPARK_EXECUTOR_CORES
          --app-id $SPARK_APPLICATION_ID --hostname $SPARK_EXECUTOR_POD_IP
          --resourceProfileId $SPARK_RESOURCE_PROFILE_ID --podName $SPARK_EXECUTOR_POD_NAME
      workingDir: /tmp
      {{- with .Values.trainer.extraEnv }}
      env:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with include "playlist-recommender.envFrom" (list . .Values.trainer true) }}
      envFrom:
        {{- . | trim | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml .Values.containerSecurityContext | nindent 8 }}
      volumeMounts:
        - {name: spark-local-dir-1, mountPath: /scratch}
        - {name: tmp, mountPath: /tmp}
        {{- if include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
        - {name: ca, mountPath: /etc/playlist/ca, readOnly: true}
        {{- end }}
        {{- with .Values.trainer.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    # Spark takes a volume of this name for what it keeps on the disk.
    - name: spark-local-dir-1
      emptyDir: {sizeLimit: {{ .Values.training.spark.scratchSize | quote }}}
    - name: tmp
      emptyDir: {sizeLimit: {{ .Values.training.spark.scratchSize | quote }}}
    {{- with include "playlist-recommender.caBundleSource" (list .Values.dataset.caBundle true) }}
    - name: ca
      {{- . | trim | nindent 6 }}
    {{- end }}
    {{- with .Values.trainer.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
