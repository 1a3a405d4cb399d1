"""The policy pack: `pulumi preview --policy-pack policy`, and the same for `up`."""

import sys
from pathlib import Path

# The engine starts this folder as a program of its own; the rules lie beside it.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pulumi_policy import PolicyPack

from policy.pack import policies

PolicyPack(name="ack-stable-diffusion", policies=policies())
