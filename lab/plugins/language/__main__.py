"""Started by the engine: `python -m lab.plugins.language [flags] <engine address>`."""

import sys

from pulumi.runtime.proto import language_pb2_grpc

from ..serving import engine_address, serve
from .host import Host

if __name__ == "__main__":
    host = Host(engine_address(sys.argv[1:]))
    serve(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server), workers=16)
