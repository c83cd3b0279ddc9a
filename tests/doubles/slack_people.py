"""The people of the Slack double.

Slash commands, mentions, messages, buttons, shortcuts, modals.

`play_*` returns the envelope id; the app's answer is in `acks` (or `ack_of`), what was sent in `payload_of`. They are
for test threads: called from the server's own loop (a phase hook) they would wait for themselves.
"""

import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.doubles.slack_state import APP, BOT_USER, TEAM

if TYPE_CHECKING:
    from tests.doubles.slack import SlackDouble


class People:
    """Mixin of SlackDouble: the user's side."""

    def _trigger(self: "SlackDouble") -> str:
        trigger = f"{self._count()}.trigger"
        self.triggers[trigger] = {"at": self.clock(), "used": False}
        return trigger

    def _response_url(self: "SlackDouble", channel: str, user: str, message_ts: str = "") -> str:
        key = f"r{self._count()}"
        self.response_urls[key] = {
            "channel": channel,
            "user": user,
            "uses": 0,
            "at": self.clock(),
            "message_ts": message_ts,
        }
        return f"{self.url}/response/{key}"

    def _actor(self: "SlackDouble", user: str) -> dict[str, Any]:
        return {"id": user, "username": self.members[user], "name": self.members[user], "team_id": TEAM}

    def _interaction(self: "SlackDouble", kind: str, user: str, **more: Any) -> dict[str, Any]:
        return {
            "type": kind,
            "team": {"id": TEAM, "domain": "test"},
            "user": self._actor(user),
            "api_app_id": APP,
            "token": "legacy",
            "trigger_id": self._trigger(),
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }

    def say(self: "SlackDouble", text: str, channel: str, user: str = "U0ALICE", thread_ts: str = "") -> dict[str, Any]:
        """A person writes a message; returns a copy of it.

        Stored like any other; no event is sent.
        """
        with self._state:
            room = self._channels[channel]
            root = self._root(room, thread_ts)
            return deepcopy(self._store(room, text=text, user=user, thread_ts=root))

    def play_event(self: "SlackDouble", event: dict[str, Any]) -> str:
        """Send any Events API event, wrapped as Slack wraps it."""
        return self._deliver(
            "events_api",
            {
                "token": "legacy",
                "team_id": TEAM,
                "api_app_id": APP,
                "type": "event_callback",
                "event": event,
                "event_id": f"Ev{self._count():08d}",
                "event_time": int(time.time()),
                "is_ext_shared_channel": False,
                "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "enterprise_id": None}],
            },
            False,
        )

    def _message_event(self: "SlackDouble", kind: str, message: dict[str, Any]) -> dict[str, Any]:
        room = self._channels[message["channel"]]
        event = {k: message[k] for k in ("user", "text", "ts", "channel", "thread_ts", "team") if message.get(k)}
        event |= {"type": kind, "event_ts": message["ts"], "client_msg_id": f"msg-{message['ts']}"}
        return event | ({"channel_type": room.kind} if kind == "message" else {})

    def play_mention(
        self: "SlackDouble",
        text: str,
        channel: str = "C0DIGEST",
        user: str = "U0ALICE",
        thread_ts: str = "",
        twice: bool = False,
    ) -> str:
        """Someone writes "@bot text".

        `twice`: then also as `message`, as when message.channels is subscribed.
        """
        message = self.say(f"<@{BOT_USER}> {text}", channel, user, thread_ts)
        envelope = self.play_event(self._message_event("app_mention", message))
        if twice:
            self.play_event(self._message_event("message", message))
        return envelope

    def play_message(
        self: "SlackDouble", text: str, channel: str = "", user: str = "U0ALICE", thread_ts: str = ""
    ) -> str:
        """Someone writes in a channel that the app reads, or in a direct message.

        In a direct message where no channel is given.
        """
        message = self.say(text, channel or self.direct(user), user, thread_ts)
        return self.play_event(self._message_event("message", message))

    def play_slash(
        self: "SlackDouble", command: str, text: str = "", channel: str = "C0DIGEST", user: str = "U0ALICE"
    ) -> str:
        """Someone types a slash command."""
        room = self._channels[channel]
        return self._deliver(
            "slash_commands",
            {
                "token": "legacy",
                "team_id": TEAM,
                "team_domain": "test",
                "channel_id": channel,
                "channel_name": "directmessage" if room.is_im else room.name,
                "user_id": user,
                "user_name": self.members[user],
                "command": command,
                "text": text,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "trigger_id": self._trigger(),
                "response_url": self._response_url(channel, user),
            },
            True,
        )

    def play_action(
        self: "SlackDouble", action_id: str, channel: str, ts: str, user: str = "U0ALICE", value: str | None = None
    ) -> str:
        """Someone presses a button (or picks `value`) of a stored message.

        LookupError when it has no such element.
        """
        with self._state:
            message = deepcopy(self._channels[channel].messages[ts])
        for number, block in enumerate(message.get("blocks") or []):
            for element in [*block.get("elements", []), block.get("accessory") or {}]:
                if element.get("action_id") == action_id and (value is None or element.get("value", value) == value):
                    action = {**element, "block_id": block.get("block_id", f"gen{number}"), "action_ts": ts}
                    if element["type"] != "button" and value is not None:
                        action["selected_option"] = {"value": value}
                    return self._deliver(
                        "interactive",
                        self._interaction(
                            "block_actions",
                            user,
                            actions=[action],
                            message=message,
                            channel={"id": channel, "name": self._channels[channel].name},
                            container={
                                "type": "message",
                                "message_ts": ts,
                                "channel_id": channel,
                                "is_ephemeral": False,
                            },
                            response_url=self._response_url(channel, user, ts),
                        ),
                        True,
                    )
        raise LookupError(f"message {ts} has no element {action_id!r} with value {value!r}")

    def play_shortcut(
        self: "SlackDouble", callback_id: str, channel: str = "", ts: str = "", user: str = "U0ALICE"
    ) -> str:
        """A message shortcut on a stored message, or (no channel) a global shortcut."""
        if not channel:
            return self._deliver("interactive", self._interaction("shortcut", user, callback_id=callback_id), True)
        with self._state:
            message = deepcopy(self._channels[channel].messages[ts])
        return self._deliver(
            "interactive",
            self._interaction(
                "message_action",
                user,
                callback_id=callback_id,
                message=message,
                message_ts=ts,
                action_ts=ts,
                channel={"id": channel, "name": self._channels[channel].name},
                response_url=self._response_url(channel, user),
            ),
            True,
        )

    def play_view_action(self: "SlackDouble", view_id: str, action_id: str, user: str = "U0ALICE") -> str:
        """Someone presses a button in an open modal.

        LookupError when it has no such element.
        """
        view = deepcopy(self.views[view_id])
        for block in view["blocks"]:
            for element in block.get("elements", []):
                if element.get("action_id") == action_id:
                    action = {**element, "block_id": block.get("block_id", "gen"), "action_ts": str(time.time())}
                    container = {"type": "view", "view_id": view_id}
                    about = {"actions": [action], "view": view, "container": container}
                    return self._deliver("interactive", self._interaction("block_actions", user, **about), True)
        raise LookupError(f"view {view_id} has no element {action_id!r}")

    def play_view_submission(self: "SlackDouble", view_id: str, values: dict[str, Any], user: str = "U0ALICE") -> str:
        """Someone submits an open modal.

        `values`: `view.state.values` (block id -> action id -> value object).
        """
        view = {**deepcopy(self.views[view_id]), "state": {"values": values}}
        return self._deliver("interactive", self._interaction("view_submission", user, view=view), True)
