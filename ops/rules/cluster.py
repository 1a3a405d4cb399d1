"""Rules about the cluster and the disks of its nodes."""

from ops.cost.items import CLUSTER, NODE_POOL
from ops.rules.rule import Level, Plan, Violations, rule


@rule(
    "api-server-is-private",
    "In production the cluster's API cannot be reached from the internet: Alibaba Cloud's API has no ACL for it.",
    "set cluster.apiServer.public: false and run Pulumi inside the VPC; or accept it: access needs a certificate",
    level=Level.ADVISORY,
    production=True,
)
def api_server_is_private(plan: Plan) -> Violations:
    for cluster in plan.of(CLUSTER):
        if cluster.inputs.get("slbInternetEnabled") is True:
            yield cluster, "the API server has a public address"


@rule(
    "cluster-is-protected",
    "In production the cluster is protected against deletion.",
    "take deletionProtection: false out of the stack file",
    production=True,
)
def cluster_is_protected(plan: Plan) -> Violations:
    for cluster in plan.of(CLUSTER):
        if cluster.inputs.get("deletionProtection") is not True:
            yield cluster, "the cluster can be deleted by one call"


@rule(
    "disks-are-encrypted",
    "In production the system disks of GPU nodes, which hold images and models, are encrypted.",
    "set diskEncrypted: true of the pool",
    level=Level.ADVISORY,
    production=True,
)
def disks_are_encrypted(plan: Plan) -> Violations:
    for pool in plan.of(NODE_POOL):
        if pool.inputs.get("scalingConfig") and pool.inputs.get("systemDiskEncrypted") is not True:
            yield pool, "its system disks are not encrypted"
