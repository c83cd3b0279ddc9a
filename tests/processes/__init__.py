"""Tests of real workers and commands: signals, kills, subprocesses."""
