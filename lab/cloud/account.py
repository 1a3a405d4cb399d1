"""The emulated account as a whole: its state, its products, and the threads that work for it."""

import re
from dataclasses import replace
from pathlib import Path

from starlette.applications import Starlette

from lab.cloud.access import Access
from lab.cloud.ack.autoscaler import Autoscaler
from lab.cloud.ack.journal import EVENTS
from lab.cloud.ack.recovery import recover
from lab.cloud.ack.service import ContainerService
from lab.cloud.ack.wire import cs_product
from lab.cloud.alb.models import LoadBalancers
from lab.cloud.alb.wire import alb_product
from lab.cloud.app import Directory, cloud_app
from lab.cloud.arms.models import Monitoring
from lab.cloud.arms.wire import arms_product
from lab.cloud.background import background
from lab.cloud.calls import CallLog
from lab.cloud.control import addon_routes, control_routes
from lab.cloud.dns.models import Records
from lab.cloud.dns.wire import dns_product
from lab.cloud.ecs.models import SecurityGroups
from lab.cloud.ecs.stock import KIND as SHORTAGES
from lab.cloud.ecs.stock import Stock
from lab.cloud.ecs.wire import ecs_product
from lab.cloud.errors import ApiError
from lab.cloud.faults import Faults
from lab.cloud.kms.models import Keys
from lab.cloud.kms.wire import kms_product
from lab.cloud.oss.models import OBJECTS, ObjectStorage
from lab.cloud.oss.uploads import Uploads
from lab.cloud.oss.wire import FORM as OSS_HOSTS
from lab.cloud.oss.wire import OssProduct
from lab.cloud.quotas import Quotas
from lab.cloud.ram.ims import ims_product
from lab.cloud.ram.models import AccessManagement
from lab.cloud.ram.oidc import OidcProviders
from lab.cloud.ram.wire import ram_product
from lab.cloud.roa import RoaProduct
from lab.cloud.rpc import RpcProduct
from lab.cloud.scarcity import scarcity_routes
from lab.cloud.settings import Knobs, Settings
from lab.cloud.signatures import Signatures
from lab.cloud.sls import wire as sls
from lab.cloud.sls.models import LogService
from lab.cloud.stateless import stateless_products
from lab.cloud.store import Store
from lab.cloud.sts import wire as sts
from lab.cloud.sts.issuer import Issuer
from lab.cloud.sts.models import SESSIONS, Sessions
from lab.cloud.tokens import TOKENS, ClientTokens
from lab.cloud.vpc.addresses import Addresses
from lab.cloud.vpc.nat import NatGateways
from lab.cloud.vpc.networks import Networks
from lab.cloud.vpc.wire import vpc_product
from lab.cloud.wire import Answer, HttpRequest, Product
from lab.hands import Hands

# They come and go by themselves, or with what holds them: nobody would call them left over.
NEVER_LEFT_OVER = {"task", "route-table", SESSIONS, OBJECTS, TOKENS, EVENTS, SHORTAGES}


class Account:
    """One account, kept in a folder; all regions share it.

    app: answers the API calls (ASGI).
    load_balancers: for the ALB ingress controller.
    container_service: clusters, pools and nodes.
    knobs: the delays in force.
    signatures: whose requests are served; None: everyone's.
    """

    def __init__(
        self, folder: Path, hands: Hands, settings: Settings | None = None, signatures: Signatures | None = None
    ) -> None:
        self.folder = folder
        self.knobs = Knobs(settings, folder / "settings.json")
        self._hands = hands
        self._store = Store(folder / "account.db", Quotas(lambda: self.knobs.now.quotas).admit)
        self._calls = CallLog(folder / "calls.log")
        networks = Networks(self._store)
        addresses = Addresses(self._store)
        nat = NatGateways(self._store, networks, addresses)
        self.load_balancers = LoadBalancers(self._store, networks)
        stock = Stock(self._store)
        self.container_service = ContainerService(self._store, networks, self.load_balancers, stock, hands, self.knobs)
        self._autoscaler = Autoscaler(self.container_service, hands, self.knobs)
        groups = SecurityGroups(self._store, networks)
        groups.users["DependencyViolation"] = self.container_service.clusters.in_security_group
        self._object_storage = ObjectStorage(self._store, folder / "oss")
        ram, oidc = AccessManagement(self._store), OidcProviders(self._store)
        self._sessions = Sessions(self._store, ram, oidc, Issuer(folder))
        self._access = Access(ram, self._sessions)
        rpc = [
            vpc_product(networks, nat, addresses, self.knobs),
            ecs_product(groups, stock),
            ram_product(ram),
            ims_product(oidc),
            sts.sts_product(self._sessions),
            kms_product(Keys(self._store)),
            arms_product(Monitoring(self._store)),
            dns_product(Records(self._store)),
            alb_product(self.load_balancers),
            *stateless_products(),
        ]
        tokens = ClientTokens(self._store)
        for product in rpc:
            product.remember_in(tokens)
        products: list[RpcProduct | RoaProduct] = [*rpc, cs_product(self.container_service)]
        by_label: dict[str, Product] = {host: product for product in products for host in product.hosts}
        # The first label of their hosts is a project's name, or a bucket's.
        by_form: dict[str, Product] = {
            f".*{re.escape(sls.SUFFIX)}": sls.sls_product(LogService(self._store)),
            OSS_HOSTS: OssProduct(self._object_storage, Uploads(self._object_storage)),
        }
        self._signatures = signatures
        self._faults = Faults()
        journal = self.container_service.fleet.journal
        control = control_routes(
            self.left, self.reset, self._calls, self.knobs, self._faults, journal, self._object_storage
        )
        scarcity = scarcity_routes(stock, self.container_service.fleet, self.container_service.reclaims)
        more = [*control, *addon_routes(self.install_addon), *scarcity]
        self.app: Starlette = cloud_app(Directory(by_label, by_form), self._calls, self._serve, more)

    def _serve(self, product: Product, request: HttpRequest) -> Answer:
        try:
            if self._signatures and (product.name, product.action(request)) != ("sts", sts.UNSIGNED):
                request = replace(request, caller=self._signatures.check(request, self._sessions.key))
                self._access.check(product.name, product.action(request), request, request.caller)
        except ApiError as error:
            return product.refusal(request, error)
        return self._faults.answer(product, request)

    @property
    def unknown_calls(self) -> list[str]:
        """Actions that were asked for and are not emulated."""
        return self._calls.unknown

    def left(self) -> dict[str, list[str]]:
        """Ids of all objects by kind; empty once everything is destroyed."""
        return {kind: ids for kind, ids in self._store.identities().items() if kind not in NEVER_LEFT_OVER}

    def install_addon(self, name: str) -> None:
        """Into every cluster, as by the console; does not wait. Raises ApiError without a running cluster."""
        clusters = self.container_service.clusters.clusters.all()
        if not clusters:
            raise ApiError("ErrorClusterNotFound", "there is no cluster yet: install it once `up` has made one")
        for cluster in clusters:
            self.container_service.install_addons(cluster.cluster_id, [{"name": name}])

    def reset(self) -> None:
        """Throw everything away, the cluster with it, protected or not."""
        for cluster in self.container_service.clusters.clusters.all():
            self.container_service.fleet.forget(cluster.cluster_id)
            self._hands.delete_cluster(cluster.cluster_id)
        self._store.clear()
        self._object_storage.clear()
        self._calls.forget()

    def start(self) -> None:
        """Take up work after a start or restart of the lab."""
        recover(self.container_service, self._hands)
        background("autoscaler", self._autoscaler.run)

    def stop(self) -> None:
        """Objects stay; nodes that have not begun to join will not."""
        self._autoscaler.stop()
        self.container_service.reclaims.stop()
        self.container_service.fleet.stop()
