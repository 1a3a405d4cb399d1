"""Somebody at the account's console: changes that the program knows nothing of, as signed calls of the API."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from typing import Any

from lab.cluster.commands import wait_until
from lab.layout import Layout
from lab.lifecycle import control, left_in_account
from lab.workspace import KEYS
from ops.preflight.openapi import Keys, OpenApi

REGION = "cn-shanghai"
KEY, SECRET = KEYS["ALICLOUD_ACCESS_KEY"], KEYS["ALICLOUD_SECRET_KEY"]


class Hand:
    """Of one lab's account."""

    def __init__(self, layout: Layout):
        self._layout = layout
        self._client = control(layout)

    def make_a_cluster(self, nodes: int = 1) -> Sequence[str]:
        """Returns once the nodes are there; the two vSwitches, each in a zone of its own."""
        vpc = self._vpc("CreateVpc", CidrBlock="10.0.0.0/8")["VpcId"]
        vswitches = [self._vswitch(vpc, zone, f"10.{number}.0.0/16") for number, zone in enumerate("lm", 1)]
        made = self._finished("/clusters", {"name": "c", "vpcid": vpc, "vswitch_ids": vswitches})
        cluster = f"/clusters/{made['cluster_id']}"
        self._finished(f"{cluster}/nodepools", {"scaling_group": {"desired_size": nodes, "vswitch_ids": vswitches}})
        return vswitches

    def make_a_gpu_node(self, vswitches: Sequence[str]) -> None:
        """In the one cluster; returns once the node is there."""
        (cluster,) = left_in_account(self._layout)["cluster"]
        group = {"desired_size": 1, "vswitch_ids": vswitches, "instance_types": ["ecs.gn7i-c8g1.2xlarge"]}
        self._finished(f"/clusters/{cluster}/nodepools", {"scaling_group": group})

    def kubeconfig(self) -> str:
        """As the console gives it out for the one cluster."""
        (cluster,) = left_in_account(self._layout)["cluster"]
        text: str = self._container_service("GET", f"/k8s/{cluster}/user_config")["config"]
        return text

    def make_a_load_balancer(self, name: str, vswitches: Sequence[str]) -> str:
        zones = {f"ZoneMappings.{number}.VSwitchId": one for number, one in enumerate(vswitches, 1)}
        made: str = self._rpc("alb", "2020-06-16", "CreateLoadBalancer", LoadBalancerName=name, **zones)[
            "LoadBalancerId"
        ]
        return made

    def install(self, addon: str) -> None:
        """Into the one cluster; returns once it is there."""
        (cluster,) = left_in_account(self._layout)["cluster"]
        self._finished(f"/clusters/{cluster}/components/install", [{"name": addon}])

    def resize_the_pools(self, nodes: int) -> None:
        """All of them at once; returns once they have as many nodes."""
        body = {"scaling_group": {"desired_size": nodes}}
        for task in [self._container_service("PUT", path, body) for path in self._pools()]:
            self._wait_for(task)

    def delete_the_cluster(self, with_nodes_booting: int = 0) -> None:
        """Returns once it is gone; so many nodes more are on their way in each pool when it begins to go."""
        for path in self._pools() if with_nodes_booting else ():
            size = self._container_service("GET", path)["scaling_group"]["desired_size"]
            self._container_service("PUT", path, {"scaling_group": {"desired_size": size + with_nodes_booting}})
        (cluster,) = left_in_account(self._layout)["cluster"]
        self._wait_for(self._container_service("DELETE", f"/clusters/{cluster}"))

    def tag_the_vpc(self, key: str, value: str) -> None:
        (vpc,) = left_in_account(self._layout)["vpc"]
        resource = {"ResourceType": "VPC", "ResourceId.1": vpc}
        self._vpc("TagResources", **resource, **{"Tag.1.Key": key, "Tag.1.Value": value})

    def set_the_gpu_pools_max(self, nodes: int) -> None:
        """Of all pools that are autoscaled; nodes that are too many begin to leave."""
        self._change_the_gpu_pools({"auto_scaling": {"max_instances": nodes}})

    def buy_gpus(self, strategy: str, policy: str) -> None:
        """From now on: spot_strategy and multi_az_policy of all pools that are autoscaled."""
        self._change_the_gpu_pools({"scaling_group": {"spot_strategy": strategy, "multi_az_policy": policy}})

    def _change_the_gpu_pools(self, change: Mapping[str, Any]) -> None:
        there = left_in_account(self._layout)
        for pool in there["node-pool"]:
            path = f"/clusters/{there['cluster'][0]}/nodepools/{pool}"
            if _autoscaled(self._container_service("GET", path)):
                self._container_service("PUT", path, change)

    def _vswitch(self, vpc: str, zone: str, cidr: str) -> str:
        made: str = self._vpc("CreateVSwitch", VpcId=vpc, ZoneId=f"{REGION}-{zone}", CidrBlock=cidr)["VSwitchId"]
        return made

    def _vpc(self, action: str, **parameters: str) -> Any:
        return self._rpc("vpc", "2016-04-28", action, **parameters)

    def _rpc(self, product: str, version: str, action: str, **parameters: str) -> Any:
        api = OpenApi(Keys(KEY, SECRET), self._client)
        return api.rpc(f"{product}.{REGION}.aliyuncs.com", version, action, RegionId=REGION, **parameters)

    def _finished(self, path: str, body: object) -> Any:
        """The answer, once its task has succeeded."""
        made = self._container_service("POST", path, body)
        self._wait_for(made)
        return made

    def _wait_for(self, made: Mapping[str, str]) -> None:
        """Until the task that a call has begun is done; RuntimeError in its own words if it fails."""
        task: dict[str, str] = {}

        def is_done() -> bool:
            task.update(self._container_service("GET", f"/tasks/{made['task_id']}"))
            if task["state"] == "failed":
                raise RuntimeError(f"task {task}")
            return task["state"] == "success"

        wait_until(is_done, f"{made} is done", timeout=600)

    def _pools(self) -> Sequence[str]:
        there = left_in_account(self._layout)
        return [f"/clusters/{there['cluster'][0]}/nodepools/{pool}" for pool in there["node-pool"]]

    def _container_service(self, method: str, path: str, body: object = None) -> Any:
        """Signed in the ROA style."""
        headers = {"accept": "application/json", "content-type": "application/json", "date": formatdate(usegmt=True)}
        own = {"x-acs-signature-nonce": secrets.token_hex(16), "x-acs-version": "2015-12-15"}
        said = [headers["accept"], "", headers["content-type"], headers["date"]]
        text = "\n".join([method, *said, *(f"{name}:{value}" for name, value in own.items()), path])
        signature = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
        answer = self._client.request(
            method,
            f"https://cs.{REGION}.aliyuncs.com{path}",
            headers={**headers, **own, "authorization": f"acs {KEY}:{signature}"},
            content=json.dumps(body) if body else b"",
        )
        return answer.raise_for_status().json()


def _autoscaled(pool: Mapping[str, Any]) -> bool:
    return bool((pool.get("auto_scaling") or {}).get("enable"))
