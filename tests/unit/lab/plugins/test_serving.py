import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
# Prints the plugin's pid and port, then dies as an engine that is killed.
ENGINE = """
import os, subprocess, sys
plugin = subprocess.Popen([sys.executable, "-m", "lab.plugins.kubernetes"], stdout=subprocess.PIPE, text=True)
print(plugin.pid, plugin.stdout.readline(), flush=True)
os._exit(1)
"""


def test_a_plugin_ends_when_its_engine_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ENGINE], cwd=ROOT, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout is not None
        pid, port = engine.stdout.readline().split()
        engine.wait(timeout=60)

    assert int(port) > 0
    subprocess.run(["timeout", "10", "tail", "-s", "0.1", f"--pid={pid}", "-f", "/dev/null"], check=True)
