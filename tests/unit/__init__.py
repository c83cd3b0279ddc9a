"""Tests that need no Redis, no process and no server."""
