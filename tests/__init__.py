"""Tests, and what only tests need: doubles, the demo, the bench.

Nothing here leaves loopback, so no proxy is asked.
"""

import os
from pathlib import Path

for _name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[_name]

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "DIGEST_PROFILE", "DIGEST_TIMEZONE")
"""Variables that the bot's processes get from the tests' own."""

ROOT = Path(__file__).parents[1]
"""The repository."""
