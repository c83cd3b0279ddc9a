"""The guarded HTTP client, robots.txt, and which service an address belongs to."""
