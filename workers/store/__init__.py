"""Memory: the only rooms that know Redis keys."""
