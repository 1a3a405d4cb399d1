"""GithubAccess: what lets the workflows of a GitHub repository into the account without a key: an OIDC provider and two
roles, one for previews and one for deployments."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

_ISSUER = "https://token.actions.githubusercontent.com"
# What aliyun/configure-aliyun-credentials-action asks GitHub for.
_AUDIENCE = "sts.aliyuncs.com"
# The second for the one reading action of ACK's that the first leaves out: without it no cluster can be refreshed.
READING = ("ReadOnlyAccess", "AliyunCSReadOnlyAccess")
# What a stack of this program is made of. The names are Alibaba Cloud's own policies; not verified on a live account.
DEPLOYING = (
    "AliyunCSFullAccess",
    "AliyunVPCFullAccess",
    "AliyunECSFullAccess",
    "AliyunEIPFullAccess",
    "AliyunNATGatewayFullAccess",
    "AliyunALBFullAccess",
    "AliyunLogFullAccess",
    "AliyunARMSFullAccess",
    "AliyunDNSFullAccess",
)


@dataclass(frozen=True)
class GithubAccessArgs:
    """repository: owner/name. fingerprints: SHA-1 of the certificate authority in front of the issuer, as the
    console shows it; GitHub may change it.
    preview_environment, deploy_environments: of the repository; a role trusts jobs of its environments alone.
    deploy_policies: system policies by name. deploy_seconds: longest session; `up` of a new cluster takes more than the
    account's usual hour.
    state_bucket: of OSS, where pulumi keeps its state, so that the deploying role may write there; None: elsewhere.
    """

    repository: str
    fingerprints: Sequence[str]
    deploy_environments: Sequence[str]
    deploy_policies: Sequence[str] = DEPLOYING
    preview_environment: str = "preview"
    deploy_seconds: int = 7200
    state_bucket: str | None = None
    tags: Mapping[str, str] | None = None


class GithubAccess(pulumi.ComponentResource):
    """Owns the OIDC provider and both roles. One account has one provider for an issuer: make this once per account.

    The previewing role may only read; what it may read, Alibaba Cloud's own policies say.
    """

    oidc_provider_arn: pulumi.Output[str]
    preview_role_arn: pulumi.Output[str]
    deploy_role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: GithubAccessArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:GithubAccess", name, None, opts)
        self._args = args

        provider = alicloud.ims.OidcProvider(
            f"{name}-provider",
            oidc_provider_name=f"{name}-github",
            issuer_url=_ISSUER,
            client_ids=[_AUDIENCE],
            fingerprints=list(args.fingerprints),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.oidc_provider_arn = provider.arn
        self.preview_role_arn = self._role(f"{name}-preview", [args.preview_environment], READING).arn
        deploy = self._role(f"{name}-deploy", args.deploy_environments, args.deploy_policies, args.deploy_seconds)
        if args.state_bucket:
            self._may_write(deploy, f"{name}-state", args.state_bucket)
        self.deploy_role_arn = deploy.arn
        self.register_outputs(
            {
                "oidc_provider_arn": self.oidc_provider_arn,
                "preview_role_arn": self.preview_role_arn,
                "deploy_role_arn": self.deploy_role_arn,
            }
        )

    def _role(
        self, name: str, environments: Sequence[str], policies: Sequence[str], seconds: int | None = None
    ) -> alicloud.ram.Role:
        subjects = [f"repo:{self._args.repository}:environment:{one}" for one in environments]
        role = alicloud.ram.Role(
            name,
            role_name=name,
            assume_role_policy_document=self.oidc_provider_arn.apply(lambda arn: trust(arn, subjects)),
            max_session_duration=seconds,
            tags=self._args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        for policy in policies:
            alicloud.ram.RolePolicyAttachment(
                f"{name}-{policy}",
                role_name=role.role_name,
                policy_name=policy,
                policy_type="System",
                opts=pulumi.ResourceOptions(parent=role),
            )
        return role

    def _may_write(self, role: alicloud.ram.Role, name: str, bucket: str) -> None:
        policy = alicloud.ram.Policy(
            name,
            policy_name=name,
            policy_document=state_access(bucket),
            opts=pulumi.ResourceOptions(parent=role),
        )
        alicloud.ram.RolePolicyAttachment(
            name,
            role_name=role.role_name,
            policy_name=policy.policy_name,
            policy_type="Custom",
            opts=pulumi.ResourceOptions(parent=role),
        )


def trust(provider_arn: str, subjects: Sequence[str]) -> str:
    """Who may take a role: jobs whose token names one of the subjects. A role without this condition would be open to
    every repository on GitHub."""
    conditions = {"oidc:iss": _ISSUER, "oidc:aud": _AUDIENCE, "oidc:sub": list(subjects)}
    statement = {
        "Action": "sts:AssumeRole",
        "Effect": "Allow",
        "Principal": {"Federated": [provider_arn]},
        "Condition": {"StringEquals": conditions},
    }
    return json.dumps({"Version": "1", "Statement": [statement]}, separators=(",", ":"), sort_keys=True)


def state_access(bucket: str) -> str:
    """What pulumi does with its state: it lists the bucket, reads, writes and deletes what is in it, and gives up what
    it could not write to the end."""
    listing = {"Action": ["oss:ListObjects"], "Effect": "Allow", "Resource": [f"acs:oss:*:*:{bucket}"]}
    objects = {
        "Action": ["oss:GetObject", "oss:PutObject", "oss:DeleteObject", "oss:AbortMultipartUpload"],
        "Effect": "Allow",
        "Resource": [f"acs:oss:*:*:{bucket}/*"],
    }
    return json.dumps({"Version": "1", "Statement": [listing, objects]}, separators=(",", ":"), sort_keys=True)
