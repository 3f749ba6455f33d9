"""Which other values have to be set for a value to show in what is rendered."""

from tests.chart.rendering import Object

_INGRESS: Object = {"api": {"ingress": {"enabled": True, "hosts": ["songs.example"]}}}
_ROUTE: Object = {"api": {"httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}}
_AUTOSCALING: Object = {"api": {"autoscaling": {"enabled": True}}}
_MONITOR: Object = {"api": {"serviceMonitor": {"enabled": True}}}
_POLICY: Object = {"networkPolicy": {"enabled": True}}
_NODE_PORT: Object = {"api": {"service": {"type": "NodePort"}}}
_SHARED: Object = {"persistence": {"accessMode": "ReadWriteMany"}, "api": {"replicas": 2}}
_STORE: Object = {"modelStore": {"url": "s3://models/recommender"}}

WHERE_IT_SHOWS: dict[str, Object] = {
    "api.autoscaling.behavior": _AUTOSCALING,
    "api.autoscaling.maxReplicas": _AUTOSCALING,
    "api.autoscaling.minReplicas": _AUTOSCALING,
    "api.autoscaling.targetCPUUtilizationPercentage": _AUTOSCALING,
    "api.httpRoute.annotations": _ROUTE,
    "api.httpRoute.enabled": {"api": {"httpRoute": {"parentRefs": [{"name": "public"}]}}},
    "api.httpRoute.hostnames": _ROUTE,
    "api.httpRoute.parentRefs": _ROUTE,
    "api.httpRoute.path": _ROUTE,
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
    "api.serviceMonitor.interval": _MONITOR,
    "api.serviceMonitor.labels": _MONITOR,
    "dataset.caBundle.key": {"dataset": {"caBundle": {"existingSecret": "ca"}}},
    "dataset.headers.key": {"dataset": {"headers": {"existingSecret": "headers"}}},
    "modelStore.caBundle.key": {"modelStore": {"url": "s3://models/a", "caBundle": {"existingSecret": "ca"}}},
    "modelStore.caBundle.existingConfigMap": _STORE,
    "modelStore.caBundle.existingSecret": _STORE,
    "modelStore.endpoint": _STORE,
    "modelStore.existingSecret": _STORE,
    "networkPolicy.ingressFrom": _POLICY,
    "networkPolicy.metricsFrom": _POLICY,
    "networkPolicy.trainerEgress": _POLICY,
    "training.backoffLimit": {"training": {"trigger": "job"}},
}
