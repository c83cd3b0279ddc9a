"""Which form of the promises is run: the sampled one inside `make test`, or the full one of `make promises`."""

import os

FULL = os.environ.get("PROMISES") == "full"
"""True for the full form: more rounds, real waiting times."""
