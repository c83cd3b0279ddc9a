"""Tests against a real Redis and the doubles."""
