"""Socket Mode of the Slack double.

The WebSocket, acks, disconnects and redelivery.

An envelope goes to one connection, in turn; while nobody is connected it waits for the next connection. What was sent
but not acked comes again only when a test calls `redeliver()`, with a new envelope id and the same event id, as after
a lost connection.
"""

import asyncio
import json
import threading
import time
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.doubles.slack_state import APP, Refusal
from tests.waiting import HANG_S

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble

WAIT_S = HANG_S
"""Default seconds that the waiting helpers wait; far above any loopback delay."""

MAX_CONNECTIONS = 10
"""Socket Mode connections of one app at a time (docs.slack.dev using-socket-mode)."""


class SocketMode:
    """Mixin of SlackDouble: the WebSocket."""

    def _setup_socket(self: "SlackDouble") -> None:
        self.acks: dict[str, dict[str, Any]] = {}
        """Envelope id -> {"at": time.time(), "payload": what came with the ack, or None}."""
        self.envelopes: dict[str, dict[str, Any]] = {}
        """Envelope id -> envelope as sent, in order of sending."""
        self.triggers: dict[str, dict[str, Any]] = {}
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._unsent: list[str] = []
        self._turn = 0
        self._number = 0
        self._changed = threading.Condition()

    def _count(self: "SlackDouble") -> int:
        self._number += 1
        return self._number

    # -- the connection ------------------------------------------------------------------------------------------

    def _connections_open(self: "SlackDouble", request: web.Request, fields: dict[str, Any]) -> dict[str, Any]:
        if len(self._sockets) >= MAX_CONNECTIONS:
            raise Refusal("too_many_websockets")
        ticket = f"ticket-{self._count()}"
        self._tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}&app_id={APP}"}

    async def on_start(self: "SlackDouble") -> None:
        """Close the sockets when the double stops."""

        async def close_all() -> None:
            assert self._stopping is not None
            await self._stopping.wait()
            for socket in list(self._sockets):
                await socket.close()

        self._closer = asyncio.create_task(close_all())

    async def _socket(self: "SlackDouble", request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets) + 1,
                "connection_info": {"app_id": APP},
                "debug_info": {"host": "loopback", "approximate_connection_time": 18060},
            }
        )
        with self._changed:
            self._sockets.append(socket)
            self._changed.notify_all()
        try:
            while self._unsent:
                await self._send(self._unsent.pop(0))
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    self._take_ack(frame.data)
        finally:
            with self._changed:
                self._sockets.remove(socket)
                self._changed.notify_all()
        return socket

    def _take_ack(self: "SlackDouble", raw: str) -> None:
        frame = json.loads(raw)
        envelope = self.envelopes.get(frame.get("envelope_id", ""))
        if envelope is None:
            return
        payload = frame.get("payload") or None
        if payload and not envelope["accepts_response_payload"]:
            payload = None
        with self._state:
            if envelope["type"] == "interactive" and payload and payload.get("response_action"):
                self._answer_view(envelope["payload"], payload)
            if envelope["type"] == "slash_commands" and payload:
                told = {"text": payload} if isinstance(payload, str) else payload
                about = envelope["payload"]
                self.ephemerals.append(
                    {"channel": about["channel_id"], "user": about["user_id"], "via": "ack", **deepcopy(told)}
                )
        with self._changed:
            self.acks.setdefault(frame["envelope_id"], {"at": time.time(), "payload": payload})
            self._changed.notify_all()

    async def _send(self: "SlackDouble", envelope_id: str) -> None:
        if not self._sockets:
            self._unsent.append(envelope_id)
            return
        self._turn += 1
        socket = self._sockets[self._turn % len(self._sockets)]
        try:
            await socket.send_json(self.envelopes[envelope_id])
        except ConnectionResetError:  # that client is just going: whoever connects next gets it
            self._unsent.append(envelope_id)

    def _deliver(
        self: "SlackDouble", kind: str, payload: dict[str, Any], answerable: bool, attempt: int = 0, reason: str = ""
    ) -> str:
        envelope_id = f"env-{self._count():06d}"
        self.envelopes[envelope_id] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": answerable,
        }
        if kind == "events_api":
            self.envelopes[envelope_id] |= {"retry_attempt": attempt, "retry_reason": reason}
        self.run(self._send(envelope_id))
        return envelope_id

    # -- waiting -------------------------------------------------------------------------------------------------

    def wait_connected(self: "SlackDouble", timeout: float = WAIT_S, count: int = 1) -> None:
        """Wait until `count` Socket Mode connections are open.

        TimeoutError after `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._sockets) >= count, timeout):
                raise TimeoutError(f"no Socket Mode connection within {timeout} s")

    def ack_of(self: "SlackDouble", envelope_id: str, timeout: float = WAIT_S) -> dict[str, Any]:
        """The ack of an envelope, waiting for it; TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: envelope_id in self.acks, timeout):
                raise TimeoutError(f"{envelope_id} was not acked within {timeout} s")
            return deepcopy(self.acks[envelope_id])

    def payload_of(self: "SlackDouble", envelope_id: str) -> dict[str, Any]:
        """What an envelope carried (the event's ts, its event_id, a trigger_id)."""
        return deepcopy(self.envelopes[envelope_id]["payload"])

    def disconnect(self: "SlackDouble", reason: str = "refresh_requested") -> None:
        """Tell every client to reconnect, then close.

        `reason`: as in Slack's disconnect frame, "" for a bare cut.
        """

        async def close() -> None:
            for socket in list(self._sockets):
                if reason:
                    with suppress(ConnectionResetError):
                        await socket.send_json(
                            {"type": "disconnect", "reason": reason, "debug_info": {"host": "loopback"}}
                        )
                await socket.close()

        self.run(close())

    def redeliver(self: "SlackDouble", reason: str = "timeout") -> list[str]:
        """Send every event that was never acked once more; return the new envelope ids."""
        acked = {e["payload"].get("event_id") for i, e in self.envelopes.items() if i in self.acks}
        newest = {
            e["payload"]["event_id"]: e
            for i, e in self.envelopes.items()
            if e["type"] == "events_api" and i not in self._unsent
        }
        return [
            self._deliver("events_api", e["payload"], False, e["retry_attempt"] + 1, reason)
            for key, e in newest.items()
            if key not in acked
        ]
