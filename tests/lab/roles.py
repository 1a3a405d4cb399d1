"""The two roles that the workflows take, and their keys as a job gets them: by a token of GitHub's, without a key."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.cloud.sts.issuer import Issuer
from lab.layout import Layout
from lab.lifecycle import control
from lab.tools.pulumi import CHECKOUT
from tests.lab.deployed import Deployed

REGION = "cn-shanghai"
ROLES = {"preview": "ALIBABA_CLOUD_PREVIEW_ROLE_ARN", "prod": "ALIBABA_CLOUD_DEPLOY_ROLE_ARN"}
ACCESS = {"repository": "o/n", "fingerprint": "a" * 40, "deployEnvironments": ["prod"]}


class Roles:
    """The example's stack on a lab that is up."""

    def __init__(self, layout: Layout, folder: Path):
        file = folder / "source" / "Pulumi.account.yaml"
        file.parent.mkdir()
        own = {f"github-access:{key}": value for key, value in ACCESS.items()}
        file.write_text(yaml.safe_dump({"config": {"alicloud:region": REGION, **own}}))
        self.stack = Deployed(layout, file, folder, CHECKOUT / "examples" / "github-access")
        self.stack.up()
        self._named = json.loads(self.stack.plain_outputs())

    def keys(self, environment: str) -> dict[str, str]:
        return keys_of_a_job(self.stack.layout, self._named, environment)


def keys_of_a_job(layout: Layout, named: Mapping[str, Any], environment: str) -> dict[str, str]:
    """Of the role for the environment, preview or prod, by the names that the provider reads.

    named: the variables of the repository.
    """
    wish = {
        "Action": "AssumeRoleWithOIDC",
        "OIDCProviderArn": named["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"],
        "RoleArn": named[ROLES[environment]],
        "RoleSessionName": "job",
        "OIDCToken": Issuer(layout.cloud).token(f"repo:o/n:environment:{environment}"),
        **({"DurationSeconds": "7200"} if environment == "prod" else {}),
    }
    with control(layout) as client:
        answer = client.post(f"https://sts.{REGION}.aliyuncs.com", data=wish).raise_for_status().json()
    got = answer["Credentials"]
    return {
        "ALICLOUD_ACCESS_KEY": got["AccessKeyId"],
        "ALICLOUD_SECRET_KEY": got["AccessKeySecret"],
        "ALICLOUD_SECURITY_TOKEN": got["SecurityToken"],
    }
