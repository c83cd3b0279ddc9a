"""A digest, deep dive or answer on the terminal."""
