"""Running the machine's own small tools (ip, sysctl, gcc, ctr) and waiting for what they set off."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping

# On a machine that is slow, an emulated one say, all time limits are so many times as long.
PATIENCE = float(os.environ.get("LAB_PATIENCE", "1"))


def run(*argv: str, env: Mapping[str, str] | None = None, timeout: float = 120) -> str:
    """The command's output; RuntimeError with its own words if it fails."""
    try:
        done = subprocess.run(
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout * PATIENCE,
        )
    except FileNotFoundError:
        raise RuntimeError(
            f"{argv[0]} is not on this machine; `make setup` says which Debian packages the lab needs"
        ) from None
    if done.returncode:
        raise RuntimeError(
            f"`{' '.join(argv)}` failed: {(done.stderr or done.stdout).strip() or f'exit code {done.returncode}'}"
        )
    return done.stdout


def wait_until(
    probe: Callable[[], bool],
    what: str,
    *,
    timeout: float,
    alive: Callable[[], None] = lambda: None,
    pause: float = 0.1,
) -> None:
    """Ask `probe` until it says yes. `alive` raises when waiting is in vain, say because a daemon died."""
    timeout *= PATIENCE
    deadline = time.monotonic() + timeout
    while not probe():
        alive()
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not so after {timeout:.0f} s")
        time.sleep(pause)
