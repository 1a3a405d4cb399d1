"""Breaks every rule of the policy pack, in as few resources as there can be."""

import pulumi
import pulumi_alicloud as alicloud
import pulumi_kubernetes as kubernetes

network = alicloud.vpc.Network("untagged", cidr_block="10.0.0.0/8")
switch = alicloud.vpc.Switch("switch", vpc_id=network.id, cidr_block="10.0.0.0/20", zone_id="cn-shanghai-l")
cluster = alicloud.cs.ManagedKubernetes(
    "unprotected", vswitch_ids=[switch.id], cluster_spec="ack.pro.small", slb_internet_enabled=True
)
alicloud.cs.NodePool(
    "spot-only",
    cluster_id=cluster.id,
    node_pool_name="spot",
    vswitch_ids=[switch.id],
    instance_types=["ecs.gn7i-c8g1.2xlarge"],
    spot_strategy="SpotAsPriceGo",
    labels=[alicloud.cs.NodePoolLabelArgs(key="gpu", value="true")],
    scaling_config=alicloud.cs.NodePoolScalingConfigArgs(enable=True, min_size=0, max_size=100, type="gpu"),
)
provider = kubernetes.Provider("cluster", kubeconfig=cluster.id)
kubernetes.apiextensions.CustomResource(
    "open",
    api_version="alibabacloud.com/v1",
    kind="AlbConfig",
    spec={"config": {"addressType": "Internet"}, "listeners": [{"port": 80, "protocol": "HTTP"}]},
    opts=pulumi.ResourceOptions(provider=provider),
)
kubernetes.apiextensions.CustomResource(
    "tagged-image",
    api_version="serving.knative.dev/v1",
    kind="Service",
    spec={
        "template": {
            "metadata": {"annotations": {"autoscaling.knative.dev/min-scale": "1"}},
            "spec": {
                "containers": [{"name": "sd", "image": "registry.example.com/sd:latest"}],
                "nodeSelector": {"gpu": "true"},
                "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
            },
        }
    },
    opts=pulumi.ResourceOptions(provider=provider),
)
pulumi.export("policy", {"production": True, "budget": {"maxHourly": 1, "currency": "USD"}})
