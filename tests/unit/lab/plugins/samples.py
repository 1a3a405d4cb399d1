"""Objects as programs write them."""

from typing import Any

Object = dict[str, Any]


def config_map(data: dict[str, str], name: str = "settings", **metadata: Any) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": data}


def service(image: str = "sd:1", name: str = "api", **annotations: str) -> Object:
    """A Knative Service. annotations: of the plugin, without their `pulumi.com/`."""
    written = {f"pulumi.com/{key}": value for key, value in annotations.items()}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name, "annotations": written},
        "spec": {"template": {"spec": {"containers": [{"image": image}]}}},
    }


def secret(name: str = "auth", **values: Any) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": values}


def deployment(app: str = "web") -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"replicas": 1, "selector": {"matchLabels": {"app": app}}},
    }


def ready(status: str = "True", **more: str) -> Any:
    """A controller that gives every object the condition Ready."""

    def control(obj: Object) -> None:
        obj["status"] = {"conditions": [{"type": "Ready", "status": status, **more}]}

    return control
