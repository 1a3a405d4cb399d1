"""The lab's long-running process: the emulated account, and the controllers that link it to the cluster."""

import asyncio
import logging
import signal

from lab.cloud.account import Account
from lab.cloud.server import serve as serve_account
from lab.cloud.signatures import Signatures
from lab.cluster.cluster import Cluster
from lab.gateway.albconfig import AlbConfigController
from lab.layout import Layout
from lab.takeover import leave_note
from lab.tools.install import install_lab
from lab.workspace import KEYS


def serve(layout: Layout) -> None:
    """Runs until it is told to end. The cluster goes on without it; its account answers again after a restart."""
    leave_note(layout)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    cluster = Cluster(layout, install_lab())
    keys = {KEYS["ALICLOUD_ACCESS_KEY"]: KEYS["ALICLOUD_SECRET_KEY"]}
    account = Account(layout.cloud, cluster, signatures=Signatures(keys))
    balancers = AlbConfigController(cluster.current_kubeconfig, account.load_balancers)
    balancers.start()
    try:
        asyncio.run(_until_told_to_end(account, layout))
    finally:
        balancers.stop()


async def _until_told_to_end(account: Account, layout: Layout) -> None:
    serving = asyncio.create_task(serve_account(account, layout))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        return
