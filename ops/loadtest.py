"""The guide's load test: hey against a service's txt2img."""

import json
import shutil
import subprocess

from ops.hey import HeyError, HeyReport, parse
from ops.image import PATH
from ops.origin import origin

PROMPT = "pretty dog"
# Above the guide's slowest request of 62 s; a request from zero pods waits for a node too.
REQUEST_TIMEOUT_SECONDS = 180


def run_hey(
    address: str,
    host: str,
    requests: int = 50,
    concurrency: int = 5,
    timeout: int = REQUEST_TIMEOUT_SECONDS,
    prompt: str = PROMPT,
) -> HeyReport:
    """Load the gateway at address (host:port, or https://host); timeout: seconds per request. Raises HeyError."""
    program = shutil.which("hey")
    if program is None:
        raise HeyError(
            "hey is not installed: apt-get install hey, or go install github.com/rakyll/hey@latest "
            "and add Go's bin folder to PATH"
        )
    arguments = hey_arguments(address, host, requests, concurrency, timeout, prompt)
    result = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise HeyError(f"hey ended with status {result.returncode}: {result.stderr.strip()[:300]}")
    return parse(result.stdout)


def hey_arguments(
    address: str, host: str, requests: int, concurrency: int, timeout: int, prompt: str = PROMPT
) -> list[str]:
    """The guide's command line. Raises HeyError for numbers that hey would quietly change."""
    if concurrency < 1 or requests < concurrency or requests % concurrency:
        # hey gives each worker requests // concurrency.
        raise HeyError(
            f"{requests} requests {concurrency} at a time: the first must be a multiple of the second, such as 50 and 5"
        )
    command = f"-n {requests} -c {concurrency} -t {timeout} -m POST -host {host}"
    body = json.dumps({"prompt": prompt})
    return [*command.split(), "-H", "Content-Type: application/json", "-d", body, origin(address) + PATH]
