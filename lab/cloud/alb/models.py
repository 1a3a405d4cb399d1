"""ALB instances that the ALB ingress controller asks for. They outlive the cluster unless its deletion takes them."""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from lab.cloud.errors import ApiError
from lab.cloud.naming import new_id
from lab.cloud.store import Collection, Store
from lab.cloud.vpc.networks import Networks

FEWEST_ZONES = 2


class LoadBalancer(BaseModel):
    """by_hand: not the ingress controller's, which therefore neither takes it for its own nor deletes it."""

    by_hand: bool = False
    load_balancer_id: str
    name: str
    dns_name: str
    vswitch_ids: list[str]


class Created(NamedTuple):
    load_balancer_id: str
    dns_name: str


class LoadBalancerRefusedError(ValueError):
    """Why there can be no such ALB."""


class LoadBalancers:
    """An ALB keeps its vSwitches from being deleted."""

    def __init__(self, store: Store, networks: Networks) -> None:
        self._store = store
        self._networks = networks
        self.load_balancers = Collection(store, "alb", LoadBalancer, "ResourceNotFound.LoadBalancer")
        networks.vswitch_users["DependencyViolation.ALB"] = self._standing_in

    def create(self, name: str, vswitch_ids: Sequence[str]) -> Created:
        """The same ALB again for the same name, as a controller that has forgotten its status needs it.

        Raises LoadBalancerRefusedError unless the vSwitches exist and lie in two zones at least.
        """
        with self._store.transaction():
            for known in self.load_balancers.all():
                if known.name == name and not known.by_hand:
                    return Created(known.load_balancer_id, known.dns_name)
            return self._create(name, vswitch_ids, by_hand=False)

    def create_by_hand(self, name: str, vswitch_ids: Sequence[str]) -> Created:
        """Another one at every call; raises as create does."""
        with self._store.transaction():
            return self._create(name, vswitch_ids, by_hand=True)

    def _create(self, name: str, vswitch_ids: Sequence[str], by_hand: bool) -> Created:
        identity = new_id("alb-")
        created = LoadBalancer(
            by_hand=by_hand,
            load_balancer_id=identity,
            name=name,
            dns_name=f"{identity}.{self._region(name, vswitch_ids)}.alb.aliyuncsslb.com",
            vswitch_ids=list(vswitch_ids),
        )
        self.load_balancers.put(identity, created)
        return Created(identity, created.dns_name)

    def find(self, id: str) -> Created:
        """Raises LoadBalancerRefusedError if there is none."""
        try:
            known = self.load_balancers.get(id)
        except ApiError as error:
            raise LoadBalancerRefusedError(f"ALB {id}: {error.message}") from error
        return Created(known.load_balancer_id, known.dns_name)

    def delete(self, id: str) -> None:
        """Fine if it is gone already."""
        self.load_balancers.remove(id)

    def delete_all(self) -> None:
        """Of the ingress controller."""
        for balancer in self.load_balancers.all():
            if not balancer.by_hand:
                self.delete(balancer.load_balancer_id)

    def _region(self, name: str, vswitch_ids: Sequence[str]) -> str:
        try:
            vswitches = [self._networks.vswitches.get(identity) for identity in vswitch_ids]
        except ApiError as error:
            raise LoadBalancerRefusedError(f"ALB {name}: {error.message}") from error
        zones = sorted({vswitch.zone_id for vswitch in vswitches})
        if len(zones) < FEWEST_ZONES:
            raise LoadBalancerRefusedError(
                f"ALB {name} needs vSwitches in two zones at least, these lie in {', '.join(zones) or 'none'}: "
                "add a vSwitch of another zone to zoneMappings"
            )
        return vswitches[0].region_id

    def _standing_in(self, vswitch_id: str) -> list[str]:
        return [
            f"ALB {balancer.load_balancer_id} ({balancer.name})"
            for balancer in self.load_balancers.all()
            if vswitch_id in balancer.vswitch_ids
        ]
