"""ClusterAutoscaler: how the autoscaler of an ACK cluster orders nodes and gives them back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
import pulumi_alicloud as alicloud


@dataclass(frozen=True)
class ClusterAutoscalerArgs:
    """What a ClusterAutoscaler needs.

    idle_minutes: how long a node must be idle, and how long after a scale-out none is given back.
    utilization_threshold, gpu_utilization_threshold: requested share below which a node counts as idle.
    expander: which pool grows where several could.
    priorities: priority (1 to 100) → scaling groups of the pools that have it; the highest grows first, whatever
        expander says. Empty: as expander says.
    """

    cluster_id: pulumi.Input[str]
    idle_minutes: int = 10
    scan_interval_seconds: int = 30
    utilization_threshold: float = 0.5
    gpu_utilization_threshold: float = 0.5
    expander: Literal["least-waste", "random"] = "least-waste"
    priorities: Mapping[int, Sequence[pulumi.Input[str]]] = field(default_factory=dict)
    after: Sequence[pulumi.Resource] = ()


class ClusterAutoscaler(pulumi.ComponentResource):
    """One per cluster: two would overwrite each other. Destroying it changes nothing in the account."""

    def __init__(self, name: str, args: ClusterAutoscalerArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("ack-stable-diffusion:components:ClusterAutoscaler", name, None, opts)
        # The provider reads these two back swapped: they must be equal, else every refresh shows a change.
        idle = f"{args.idle_minutes}m"
        alicloud.cs.AutoscalingConfig(
            f"{name}-config",
            cluster_id=args.cluster_id,
            scaler_type="cluster-autoscaler",
            cool_down_duration=idle,
            unneeded_duration=idle,
            scan_interval=f"{args.scan_interval_seconds}s",
            utilization_threshold=f"{args.utilization_threshold:g}",
            gpu_utilization_threshold=f"{args.gpu_utilization_threshold:g}",
            # Other switches of the autoscaler are left out: the provider does not send a false or a zero.
            scale_down_enabled=True,
            expander="priority" if args.priorities else args.expander,
            priorities=_priorities(args.priorities) if args.priorities else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        self.register_outputs({})


def _priorities(groups: Mapping[int, Sequence[pulumi.Input[str]]]) -> dict[str, pulumi.Output[str]]:
    return {str(priority): pulumi.Output.all(*ids).apply(",".join) for priority, ids in groups.items()}
