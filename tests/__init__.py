"""Tests, and what only tests need: doubles, the demo, the bench. Nothing here leaves loopback, so no proxy is asked."""

import os
from pathlib import Path

for _name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[_name]

ROOT = Path(__file__).parents[1]
"""The repository."""
