"""The OIDC provider and the two roles that the workflows take; once per account, by an administrator."""

import sys
from pathlib import Path

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the checkout, where `components` is

from components.github_access import GithubAccess, GithubAccessArgs

config = pulumi.Config()
access = GithubAccess(
    "ack-stable-diffusion",
    GithubAccessArgs(
        repository=config.require("repository"),
        fingerprints=[config.require("fingerprint")],
        deploy_environments=config.require_object("deployEnvironments"),
        state_bucket=config.get("stateBucket"),
    ),
)
# The names of the repository's variables.
pulumi.export("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", access.oidc_provider_arn)
pulumi.export("ALIBABA_CLOUD_PREVIEW_ROLE_ARN", access.preview_role_arn)
pulumi.export("ALIBABA_CLOUD_DEPLOY_ROLE_ARN", access.deploy_role_arn)
