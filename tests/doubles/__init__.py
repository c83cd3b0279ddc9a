"""Strict loopback servers that stand in for the services Paperboy talks to.

Each one is a real HTTP (or WebSocket) server on 127.0.0.1 that refuses what the real service refuses and keeps a
ledger of all it was sent. The code under test meets them through its ordinary base-URL settings.
"""
