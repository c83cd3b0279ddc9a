"""Measurements: `python -m tests.bench`.

Each figure stands beside a floor of the same run; none is asserted.
"""
