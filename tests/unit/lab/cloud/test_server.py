"""The way in: certificates, the proxy, and both together over real sockets."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from lab.cloud.account import Account
from lab.cloud.certs import Certificates, certificates
from lab.cloud.proxy import tunnel_to
from lab.cloud.server import serve
from lab.ports import PortInUseError
from tests.unit.lab.layouts import LayoutInFolder


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


HOSTS = [
    "vpc.aliyuncs.com",
    "vpc.cn-shanghai.aliyuncs.com",
    "cs.ap-southeast-1.aliyuncs.com",
    "cn-shanghai.log.aliyuncs.com",
    "my-project.cn-shanghai.log.aliyuncs.com",
    "my-bucket.oss-cn-shanghai.aliyuncs.com",
]


def shake_hands(issued: Certificates, host: str) -> None:
    """A TLS handshake in memory, verified as any client would."""
    ours = ssl.create_default_context(cafile=str(issued.ca))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(issued.certificate, issued.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ours.wrap_bio(to_client, to_server, server_hostname=host)
    server = theirs.wrap_bio(to_server, to_client, server_side=True)
    for end in (client, server, client, server):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("host", HOSTS)
def test_the_certificate_is_good_for_every_form_of_endpoint(issued: Certificates, host: str) -> None:
    shake_hands(issued, host)


def test_the_certificate_is_good_for_nobody_else(issued: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(issued, "pypi.org")


def test_certificates_stay_the_same_while_they_are_good(tmp_path: Path) -> None:
    first = certificates(tmp_path).ca.read_bytes()
    assert certificates(tmp_path).ca.read_bytes() == first

    (tmp_path / "server.pem").write_text("broken")
    assert certificates(tmp_path).ca.read_bytes() != first


def test_only_the_owner_can_read_the_key(issued: Certificates) -> None:
    assert issued.key.stat().st_mode & 0o077 == 0


REFUSED = [
    (b"CONNECT pypi.org:443 HTTP/1.1\r\n\r\n", b"403", b"emulated Alibaba Cloud account only"),
    (b"CONNECT aliyuncs.com.evil.org:443 HTTP/1.1\r\n\r\n", b"403", b"aliyuncs.com.evil.org:443"),
    (b"CONNECT vpc.aliyuncs.com:80 HTTP/1.1\r\n\r\n", b"403", b"vpc.aliyuncs.com:80"),
    (b"GET http://vpc.aliyuncs.com/ HTTP/1.1\r\n\r\n", b"405", b"only takes CONNECT"),
]


async def ask_proxy(tunnel: Path, request: bytes) -> bytes:
    proxy = await asyncio.start_server(tunnel_to(tunnel), "127.0.0.1", 0)
    async with proxy:
        reader, writer = await asyncio.open_connection(*proxy.sockets[0].getsockname())
        writer.write(request)
        answer = await reader.read()
        writer.close()
    return answer


@pytest.mark.parametrize(("request_", "status", "reason"), REFUSED)
def test_the_proxy_leads_nowhere_but_to_the_account(
    tmp_path: Path, request_: bytes, status: bytes, reason: bytes
) -> None:
    answer = asyncio.run(ask_proxy(tmp_path / "nobody.sock", request_))

    assert answer.split(b" ")[1] == status
    assert reason in answer


@pytest.mark.parametrize("request_", [b"", b"CONNECT half"])
def test_the_proxy_bears_clients_that_hang_up(tmp_path: Path, request_: bytes) -> None:
    async def hang_up() -> bytes:
        proxy = await asyncio.start_server(tunnel_to(tmp_path / "nobody.sock"), "127.0.0.1", 0)
        async with proxy:
            reader, writer = await asyncio.open_connection(*proxy.sockets[0].getsockname())
            writer.write(request_)
            writer.write_eof()
            return await reader.read()

    assert asyncio.run(hang_up()) == b""


@pytest.fixture
def layout(tmp_path: Path) -> LayoutInFolder:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return LayoutInFolder(proxy_port=probe.getsockname()[1], folder=tmp_path)


async def while_serving(
    account: Account, layout: LayoutInFolder, work: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
) -> httpx.Response:
    """work gets a client behind the proxy, as soon as the port answers; then the server is cancelled."""
    serving = asyncio.create_task(serve(account, layout))
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", layout.proxy_port)
            writer.close()
            break
        except ConnectionRefusedError:
            assert not serving.done(), serving
            await asyncio.sleep(0)
    trust = ssl.create_default_context(cafile=str(layout.ca_certificate))
    try:
        async with httpx.AsyncClient(proxy=f"http://127.0.0.1:{layout.proxy_port}", verify=trust) as client:
            return await work(client)
    finally:
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving


def test_a_call_reaches_the_account_through_proxy_and_tls(account: Account, layout: LayoutInFolder) -> None:
    async def create(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("https://vpc.cn-shanghai.aliyuncs.com/?Action=CreateVpc")

    answer = asyncio.run(while_serving(account, layout, create))
    assert answer.json()["VpcId"] in account.left()["vpc"]
    assert not (layout.run / "cloud.sock").exists()


def test_a_lost_answer_breaks_the_connection(account: Account, layout: LayoutInFolder) -> None:
    async def create(client: httpx.AsyncClient) -> httpx.Response:
        await client.put("https://lab.aliyuncs.com/lab/faults", json=[{"action": "CreateVpc", "kind": "answer-lost"}])
        return await client.post("https://vpc.cn-shanghai.aliyuncs.com/?Action=CreateVpc")

    with pytest.raises(httpx.RemoteProtocolError):
        asyncio.run(while_serving(account, layout, create))
    assert len(account.left()["vpc"]) == 1


def test_a_busy_port_is_named_with_a_way_out(account: Account, layout: LayoutInFolder) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", layout.proxy_port))
        other.listen()
        with pytest.raises(PortInUseError, match="LAB_PROXY_PORT") as busy:
            asyncio.run(serve(account, layout))
    assert busy.value.port == layout.proxy_port
