"""Somebody at the account's console: changes that the program knows nothing of, as signed calls of the API."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

from lab.layout import Layout
from lab.lifecycle import control, left_in_account
from lab.workspace import KEYS
from ops.preflight.openapi import Keys, OpenApi

REGION = "cn-shanghai"
KEY, SECRET = KEYS["ALICLOUD_ACCESS_KEY"], KEYS["ALICLOUD_SECRET_KEY"]


def make_a_vpc(layout: Layout) -> None:
    _vpc(OpenApi(Keys(KEY, SECRET), control(layout)), "CreateVpc", CidrBlock="10.0.0.0/8")


class Hand:
    """Of an account that holds the stack `local`: one VPC, one cluster, one pool that is autoscaled."""

    def __init__(self, layout: Layout):
        self._client = control(layout)
        self._ids = left_in_account(layout)

    def tag_the_vpc(self, key: str, value: str) -> None:
        resource = {"ResourceType": "VPC", "ResourceId.1": self._ids["vpc"][0]}
        tag = {"Tag.1.Key": key, "Tag.1.Value": value}
        _vpc(OpenApi(Keys(KEY, SECRET), self._client), "TagResources", **resource, **tag)

    def set_the_gpu_pools_max(self, nodes: int) -> None:
        paths = [f"/clusters/{self._ids['cluster'][0]}/nodepools/{pool}" for pool in self._ids["node-pool"]]
        (path,) = (path for path in paths if self._container_service("GET", path)["auto_scaling"].get("enable"))
        self._container_service("PUT", path, {"auto_scaling": {"max_instances": nodes}})

    def _container_service(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
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


def _vpc(api: OpenApi, action: str, **parameters: str) -> None:
    api.rpc(f"vpc.{REGION}.aliyuncs.com", "2016-04-28", action, RegionId=REGION, **parameters)
