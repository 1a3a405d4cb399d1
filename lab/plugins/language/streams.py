"""What a child process prints, as it prints it."""

import queue
import subprocess
import threading
from collections.abc import Iterator
from typing import IO, Literal

Name = Literal["stdout", "stderr"]


def output(child: "subprocess.Popen[bytes]") -> Iterator[tuple[Name, bytes]]:
    """Lines of the streams that are pipes, in the order of their arrival, until all are closed."""
    lines: queue.SimpleQueue[tuple[Name, bytes]] = queue.SimpleQueue()

    def pump(name: Name, stream: IO[bytes]) -> None:
        for line in stream:
            lines.put((name, line))
        lines.put((name, b""))

    streams: list[tuple[Name, IO[bytes] | None]] = [("stdout", child.stdout), ("stderr", child.stderr)]
    pumps = [threading.Thread(target=pump, args=pair, daemon=True) for pair in streams if pair[1]]
    for thread in pumps:
        thread.start()
    open_streams = len(pumps)
    while open_streams:
        name, line = lines.get()
        if line:
            yield name, line
        else:
            open_streams -= 1
