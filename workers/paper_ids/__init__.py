"""How papers are named: ids and keys, and every paper that a text names. Pure."""
