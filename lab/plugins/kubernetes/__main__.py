"""Started by the engine: `python -m lab.plugins.kubernetes [flags] <engine address>`."""

import sys

from pulumi.runtime.proto import provider_pb2_grpc

from ..serving import engine_address, serve
from .engine import Engine
from .provider import Provider

if __name__ == "__main__":
    provider = Provider(Engine(engine_address(sys.argv[1:])))
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
