"""Which other values have to be set for a value to show in what is rendered."""

from tests.chart.rendering import Object

_INGRESS: Object = {"api": {"ingress": {"enabled": True, "hosts": ["songs.example"]}}}
_ROUTE: Object = {"api": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}}
_AUTOSCALING: Object = {"api": {"autoscaling": {"enabled": True}}}
_MONITOR: Object = {"api": {"serviceMonitor": {"enabled": True}}}
_POD_MONITOR: Object = {"api": {"podMonitor": {"enabled": True}}}
_OF_MONITORS = ("interval", "labels", "relabelings", "metricRelabelings")
_RULES: Object = {"api": {"podMonitor": {"enabled": True}}, "monitoring": {"rules": {"enabled": True}}}
_OF_RULES = (
    *("labels", "alertLabels", "runbookUrl", "for", "lookAgeSeconds", "minRuleAnswers", "minVolumeFree"),
    *("availabilityObjective", "latencyObjective", "latencySeconds"),
)
_DASHBOARD: Object = {"monitoring": {"dashboard": {"enabled": True}}}
_POLICY: Object = {"networkPolicy": {"enabled": True}}
_NODE_PORT: Object = {"api": {"service": {"type": "NodePort"}}}
_SHARED: Object = {"persistence": {"accessMode": "ReadWriteMany"}, "api": {"replicas": 2}}
_STORE: Object = {"modelStore": {"url": "s3://models/recommender"}}
_SPARK: Object = {"training": {"engine": "spark"}}
_OF_SPARK = (
    *("master", "executors", "executorMemory", "executorCores", "executorCpu", "scratchSize", "conf"),
    *(f"image.{name}" for name in ("repository", "tag", "digest", "pullPolicy")),
)

WHERE_IT_SHOWS: dict[str, Object] = {
    "api.autoscaling.behavior": _AUTOSCALING,
    "api.autoscaling.maxReplicas": _AUTOSCALING,
    "api.autoscaling.minReplicas": _AUTOSCALING,
    "api.autoscaling.targetCPUUtilizationPercentage": _AUTOSCALING,
    "api.httpRoute.annotations": _ROUTE,
    "api.httpRoute.enabled": {"api": {"httpRoute": {"parentRefs": [{"name": "public"}]}}},
    "api.httpRoute.filters": _ROUTE,
    "api.httpRoute.hostnames": _ROUTE,
    "api.httpRoute.parentRefs": _ROUTE,
    "api.httpRoute.path": _ROUTE,
    "api.httpRoute.pathType": _ROUTE,
    "api.ingress.annotations": _INGRESS,
    "api.ingress.className": _INGRESS,
    "api.ingress.enabled": {"api": {"ingress": {"hosts": ["songs.example"]}}},
    "api.ingress.hosts": _INGRESS,
    "api.ingress.path": _INGRESS,
    "api.ingress.tls": _INGRESS,
    "api.podDisruptionBudget.enabled": _SHARED,
    "api.service.externalTrafficPolicy": _NODE_PORT,
    "api.service.loadBalancerClass": {"api": {"service": {"type": "LoadBalancer"}}},
    "api.service.nodePort": _NODE_PORT,
    **dict.fromkeys((f"api.podMonitor.{name}" for name in _OF_MONITORS), _POD_MONITOR),
    **dict.fromkeys((f"api.serviceMonitor.{name}" for name in _OF_MONITORS), _MONITOR),
    "api.tracing.enabled": {"api": {"tracing": {"endpoint": "http://collector:4318"}}},
    "api.tracing.headers.key": {"api": {"tracing": {"headers": {"existingSecret": "headers"}}}},
    "dataset.caBundle.key": {"dataset": {"caBundle": {"existingSecret": "ca"}}},
    "dataset.headers.key": {"dataset": {"headers": {"existingSecret": "headers"}}},
    "modelStore.caBundle.key": {"modelStore": {"url": "s3://models/a", "caBundle": {"existingSecret": "ca"}}},
    "modelStore.caBundle.existingConfigMap": _STORE,
    "modelStore.caBundle.existingSecret": _STORE,
    "modelStore.endpoint": _STORE,
    "modelStore.existingSecret": _STORE,
    "modelStore.region": _STORE,
    "monitoring.dashboard.annotations": _DASHBOARD,
    "monitoring.dashboard.labels": _DASHBOARD,
    **dict.fromkeys((f"monitoring.rules.{name}" for name in _OF_RULES), _RULES),
    "monitoring.rules.enabled": _POD_MONITOR,
    "monitoring.selector": _RULES,
    "networkPolicy.allowMetadata": _POLICY,
    "networkPolicy.apiEgress": _POLICY,
    "networkPolicy.ingressFrom": _POLICY,
    "networkPolicy.metricsFrom": _POLICY,
    "networkPolicy.trainerEgress": _POLICY,
    "training.backoffLimit": {"training": {"trigger": "job"}},
    **dict.fromkeys((f"training.spark.{name}" for name in _OF_SPARK), _SPARK),
}
