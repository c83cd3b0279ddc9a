"""Tests, and what only tests need: doubles, the demo, the bench.

Nothing here leaves loopback, so no proxy is asked, and no file of certificates read with each of thousands of settings.
"""

import os
from pathlib import Path

for _name in [n for n in os.environ if n.lower().endswith("_proxy") or n in ("SSL_CERT_FILE", "SSL_CERT_DIR")]:
    del os.environ[_name]

INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "DIGEST_PROFILE", "DIGEST_TIMEZONE")
"""Variables that the bot's processes get from the tests' own."""

ROOT = Path(__file__).parents[1]
"""The repository."""
