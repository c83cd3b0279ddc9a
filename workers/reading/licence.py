"""What a paper's licence allows."""

import re
from urllib.parse import urlsplit


def may_show_figure(license_url: str | None) -> bool:
    """Tell whether the licence allows to repost a figure with credit.

    CC BY, CC BY-SA and CC0 do, of any version.
    """
    parts = urlsplit((license_url or "").strip().lower())
    if parts.hostname not in ("creativecommons.org", "www.creativecommons.org"):
        return False
    return re.match(r"/(?:licenses/by(?:-sa)?/\d|publicdomain/zero/)", parts.path) is not None
