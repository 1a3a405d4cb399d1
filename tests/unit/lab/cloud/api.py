"""Calls as the provider makes them, without a network."""

import asyncio
import time
from typing import Any

import httpx
from starlette.applications import Starlette

PATIENCE_SECONDS = 120
REGION = "cn-shanghai"


class RefusedError(Exception):
    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.code = body.get("Code") or body.get("errorCode")
        self.message: str = body.get("Message") or body.get("errorMessage") or ""


class Api:
    def __init__(self, app: Starlette) -> None:
        # A fault of the account is an answer like any other, not an exception in the test.
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport)
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()

    def rpc(self, product: str, action: str, **parameters: str) -> dict[str, Any]:
        """Names with dots are spelt with two underscores: Tag__1__Key."""
        form = {name.replace("__", "."): value for name, value in parameters.items()}
        host = f"{product}.{REGION}.aliyuncs.com"
        answer: dict[str, Any] = self.send("POST", host, "/", {"Action": action, "Version": "x"}, form=form)
        return answer

    def cs(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        return self.send(method, f"cs.{REGION}.aliyuncs.com", path, query, json=body)

    def lab(self, method: str, path: str, body: Any = None) -> Any:
        return self.send(method, "lab.aliyuncs.com", path, {}, json=body)

    def send(
        self,
        method: str,
        host: str,
        path: str,
        query: dict[str, str],
        *,
        form: Any = None,
        json: Any = None,
        raw: bytes | None = None,
    ) -> Any:
        request = self._client.request(method, f"https://{host}{path}", params=query, data=form, json=json, content=raw)
        answer = self._loop.run_until_complete(request)
        body = answer.json() if answer.content else None
        if answer.is_error:
            raise RefusedError(answer.status_code, body or {})
        return body

    def finish(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The task of an answer, once it has ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            task: dict[str, Any] = self.cs("GET", f"/tasks/{answer['task_id']}")
            if task["state"] != "running":
                return task
        raise AssertionError(f"task {answer['task_id']} has not ended after {PATIENCE_SECONDS} s")

    def vpc(self) -> str:
        identity: str = self.rpc("vpc", "CreateVpc", CidrBlock="10.0.0.0/8", VpcName="net")["VpcId"]
        return identity

    def vswitch(self, vpc: str, zone: str = "cn-shanghai-l") -> str:
        identity: str = self.rpc("vpc", "CreateVSwitch", VpcId=vpc, ZoneId=zone, CidrBlock="10.1.0.0/16")["VSwitchId"]
        return identity

    def two_zones(self) -> list[str]:
        vpc = self.vpc()
        return [self.vswitch(vpc, zone) for zone in ("cn-shanghai-l", "cn-shanghai-m")]

    def cluster(self, **body: Any) -> str:
        """A cluster that runs."""
        vswitches = body.pop("vswitch_ids", None) or self.two_zones()
        wanted = {"name": "sd", "vpcid": "vpc-1", "vswitch_ids": vswitches, "addons": [], **body}
        created = self.cs("POST", "/clusters", wanted)
        assert self.finish(created)["state"] == "success"
        identity: str = created["cluster_id"]
        return identity

    def pool(self, cluster: str, **parts: dict[str, Any]) -> str:
        """A pool that has its nodes."""
        body = {"nodepool_info": {"name": "p"}, "kubernetes_config": {}, "scaling_group": {}, **parts}
        created = self.cs("POST", f"/clusters/{cluster}/nodepools", body)
        assert self.finish(created)["state"] == "success"
        identity: str = created["nodepool_id"]
        return identity
