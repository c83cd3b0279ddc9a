"""The Slack double, driven by the real SDKs.

What it lets through and what it refuses.

Longer than 300 lines because every rule stands here once, as one row of a table or one short test.
"""

import asyncio

import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from tests.doubles.slack import SlackDouble
from tests.waiting import HANG_S, until

CHANNEL = "C0DIGEST"


@pytest.fixture
def slack():
    with SlackDouble() as double:
        yield double


@pytest.fixture
def client(slack):
    return WebClient("xoxb-test", base_url=slack.api_url, retry_handlers=[])


def refusal(call, *args, **kwargs):
    """Error code of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


def section(text, kind="mrkdwn"):
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(**more):
    return {"type": "button", "text": {"type": "plain_text", "text": "Go"}, **more}


def test_auth(slack, client):
    assert client.auth_test()["user_id"] == "U0PAPERBOT"
    assert "chat:write" in client.auth_test().headers["x-oauth-scopes"]
    assert refusal(WebClient("xoxb-other", base_url=slack.api_url).auth_test) == "invalid_auth"
    assert refusal(WebClient(base_url=slack.api_url).auth_test) == "not_authed"
    assert refusal(client.apps_connections_open, app_token="xoxb-test") == "not_allowed_token_type"
    assert client.apps_connections_open(app_token="xapp-test")["url"].startswith("ws://127.0.0.1:")
    assert refusal(client.users_info, user="U0ALICE") == "missing_scope"
    assert refusal(client.api_call, "chat.sing") == "unknown_method"


def test_scopes_can_be_widened():
    with SlackDouble(scopes=["users:read"]) as slack:
        client = WebClient("xoxb-test", base_url=slack.api_url)
        assert client.users_info(user="U0BOB")["user"]["name"] == "bob"
        assert refusal(client.users_info, user="U0NOBODY") == "user_not_found"
        assert refusal(client.chat_postMessage, channel=CHANNEL, text="x") == "missing_scope"


def test_post_thread_update_delete(slack, client):
    root = client.chat_postMessage(
        channel=CHANNEL, text="digest", metadata={"event_type": "d", "event_payload": {"k": 1}}
    )
    reply = client.chat_postMessage(channel=CHANNEL, text="details", thread_ts=root["ts"], blocks=[section("more")])
    assert float(reply["ts"]) > float(root["ts"])
    assert [m["text"] for m in slack.thread(CHANNEL, root["ts"])] == ["digest", "details"]
    assert [m["blocks"] for m in slack.messages(CHANNEL)] == [None, [section("more")]]
    client.chat_update(channel=CHANNEL, ts=reply["ts"], text="short")
    stored = slack.messages(CHANNEL)[1]
    assert stored["edited"] and stored["text"] == "short" and stored["blocks"] is None
    client.chat_delete(channel=CHANNEL, ts=reply["ts"])
    assert slack.messages(CHANNEL)[1]["deleted"] and len(slack.messages(CHANNEL, deleted=False)) == 1
    assert refusal(client.chat_update, channel=CHANNEL, ts=reply["ts"], text="x") == "message_not_found"
    posts = slack.calls("/api/chat.postMessage", accepted=True)
    assert len(posts) == 2 and posts[0].reply["message"]["metadata"]["event_payload"] == {"k": 1}


def test_post_refusals(slack, client):
    assert refusal(client.chat_postMessage, channel="C0NONE", text="x") == "channel_not_found"
    assert refusal(client.chat_postMessage, channel=CHANNEL, text="x", thread_ts="1.000001") == "thread_not_found"
    assert refusal(client.chat_update, channel=CHANNEL, ts="1.000001", text="x") == "message_not_found"
    theirs = slack.say("hello", CHANNEL)
    assert refusal(client.chat_update, channel=CHANNEL, ts=theirs["ts"], text="x") == "cant_update_message"
    assert refusal(client.chat_delete, channel=CHANNEL, ts=theirs["ts"]) == "cant_delete_message"
    slack.channel(CHANNEL).is_member = False
    assert refusal(client.chat_postMessage, channel=CHANNEL, text="x") == "not_in_channel"
    slack.channel(CHANNEL).is_archived = True
    assert refusal(client.chat_postMessage, channel=CHANNEL, text="x") == "is_archived"
    assert slack.calls("/api/chat.*", accepted=True) == []


def test_invalid_blocks_say_where(client):
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=CHANNEL, text="x", blocks=[section("y" * 3001)])
    reply = caught.value.response
    assert reply["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert reply["response_metadata"]["messages"] == [f"[ERROR] {reply['errors'][0]}"]


def test_pace_is_a_bucket_per_channel():
    now = [0.0]
    with SlackDouble(burst=3, clock=lambda: now[0], channels={"C1": "a", "C2": "b"}) as slack:
        client = WebClient("xoxb-test", base_url=slack.api_url, retry_handlers=[])
        for n in range(3):
            client.chat_postMessage(channel="C1", text=f"{n}")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel="C1", text="too soon")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response.data == {"ok": False, "error": "ratelimited"}
        client.chat_postMessage(channel="C2", text="another channel")
        now[0] += 1
        client.chat_postMessage(channel="C1", text="later")
        assert len(slack.messages("C1")) == 4
        slack.pace = False
        for _ in range(10):
            client.chat_postMessage(channel="C1", text="fast")


def test_history_and_replies(slack, client):
    stamps = [slack.say(f"m{n}", CHANNEL)["ts"] for n in range(5)]
    meta = {"event_type": "d", "event_payload": {"id": "x"}}
    reply = client.chat_postMessage(channel=CHANNEL, text="r", thread_ts=stamps[0], metadata=meta)
    page = client.conversations_history(channel=CHANNEL, limit=2)
    assert [m["text"] for m in page["messages"]] == ["m4", "m3"] and page["has_more"]
    page = client.conversations_history(channel=CHANNEL, limit=2, cursor=page["response_metadata"]["next_cursor"])
    assert [m["text"] for m in page["messages"]] == ["m2", "m1"]
    between = {"oldest": stamps[1], "latest": stamps[3]}
    assert [m["text"] for m in client.conversations_history(channel=CHANNEL, **between)["messages"]] == ["m2"]
    inclusive = client.conversations_history(channel=CHANNEL, inclusive=True, **between)["messages"]
    assert [m["text"] for m in inclusive] == ["m3", "m2", "m1"]
    plain = client.conversations_replies(channel=CHANNEL, ts=stamps[0])["messages"]
    assert [m["text"] for m in plain] == ["m0", "r"] and "metadata" not in plain[1]
    assert plain[0]["latest_reply"] == reply["ts"]
    full = client.conversations_replies(channel=CHANNEL, ts=stamps[0], include_all_metadata=True)["messages"]
    assert full[1]["metadata"] == meta
    assert refusal(client.conversations_replies, channel=CHANNEL, ts="1.0") == "thread_not_found"
    assert refusal(client.conversations_history, channel=CHANNEL, limit=1000) == "invalid_limit"


def test_small_methods(slack, client):
    ts = client.chat_postMessage(channel=CHANNEL, text="x")["ts"]
    client.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")
    assert refusal(client.reactions_add, channel=CHANNEL, timestamp=ts, name="eyes") == "already_reacted"
    assert refusal(client.reactions_add, channel=CHANNEL, timestamp="1.0", name="eyes") == "message_not_found"
    client.chat_postEphemeral(channel=CHANNEL, user="U0BOB", text="psst")
    assert slack.ephemerals[-1]["text"] == "psst"
    assert refusal(client.chat_postEphemeral, channel=CHANNEL, user="U0NO", text="x") == "user_not_in_channel"
    direct = client.conversations_open(users="U0ALICE")["channel"]["id"]
    client.chat_postMessage(channel=direct, text="hi")
    assert slack.messages(slack.direct("U0ALICE"))[0]["text"] == "hi"
    assert client.conversations_info(channel=CHANNEL)["channel"]["is_member"]
    slack.scopes = [s for s in slack.scopes if s not in ("channels:read", "groups:read")]
    assert refusal(client.conversations_info, channel=CHANNEL) == "missing_scope"


def test_status_and_its_end(slack, client):
    ts = slack.say("question", CHANNEL)["ts"]
    client.assistant_threads_setStatus(channel_id=CHANNEL, thread_ts=ts, status="is thinking...")
    assert slack.status_of(CHANNEL, ts) == "is thinking..."
    client.chat_postMessage(channel=CHANNEL, thread_ts=ts, text="answer")
    assert slack.status_of(CHANNEL, ts) == ""
    assert (
        refusal(
            client.assistant_threads_setStatus,
            channel_id=CHANNEL,
            thread_ts=ts,
            status="x",
            loading_messages=["a"] * 11,
        )
        == "invalid_arguments"
    )


def test_streams_and_their_ceilings():
    now = [0.0]
    with SlackDouble(clock=lambda: now[0]) as slack:
        client = WebClient("xoxb-test", base_url=slack.api_url)
        ts = slack.say("q", CHANNEL)["ts"]
        bare = {"channel": CHANNEL, "thread_ts": ts}
        assert refusal(client.chat_startStream, **bare) == "missing_recipient_user_id"
        full = {**bare, "recipient_user_id": "U0ALICE", "recipient_team_id": "T0TEST"}
        stream = client.chat_startStream(**full, markdown_text="a" * 6000)["ts"]
        here = {"channel": CHANNEL, "ts": stream}
        client.chat_appendStream(**here, chunks=[{"type": "markdown_text", "text": "b" * 6000}])
        assert refusal(client.chat_appendStream, **here, markdown_text="c") == "msg_too_long"
        assert refusal(client.chat_update, **here, text="x") == "streaming_state_conflict"
        client.chat_stopStream(**here, blocks=[section("sources")])
        assert len(slack.messages(CHANNEL)[-1]["text"]) == 12000
        assert refusal(client.chat_appendStream, **here, markdown_text="c") == "message_not_in_streaming_state"
        late = {"channel": CHANNEL, "ts": client.chat_startStream(**full)["ts"]}
        now[0] += 301
        assert refusal(client.chat_appendStream, **late, markdown_text="c") == "message_not_in_streaming_state"
        assert refusal(client.chat_stopStream, **late) == "message_not_in_streaming_state"
        client.chat_update(**late, text="the documented way out")
        assert slack.messages(CHANNEL)[-1]["text"] == "the documented way out"


def test_the_sdk_stream_helper(slack):
    async def go():
        ts = slack.say("q", CHANNEL)["ts"]
        client = AsyncWebClient("xoxb-test", base_url=slack.api_url)
        stream = await client.chat_stream(
            channel=CHANNEL, thread_ts=ts, recipient_team_id="T0TEST", recipient_user_id="U0ALICE", buffer_size=4
        )
        for word in ("one ", "two ", "three"):
            await stream.append(markdown_text=word)
        await stream.stop()

    asyncio.run(go())
    assert slack.messages(CHANNEL)[-1]["text"] == "one two three"


def test_blocks_validate(client):
    assert client.blocks_validate(blocks=[section("x")])["ok"]
    assert refusal(client.blocks_validate, blocks=[section("")]) == "invalid_blocks"
    assert refusal(client.blocks_validate) == "invalid_arguments"


def test_faults_hide_an_accepted_post(slack):
    slack.fault("/api/chat.postMessage", drop="after")
    with pytest.raises(OSError):
        WebClient("xoxb-test", base_url=slack.api_url, retry_handlers=[]).chat_postMessage(channel=CHANNEL, text="x")
    assert slack.calls("/api/chat.postMessage")[0].accepted and len(slack.messages(CHANNEL)) == 1


# -- Socket Mode through Bolt -------------------------------------------------------------------------------------


def bolt(slack, play, register):
    """Run a Bolt app in Socket Mode while `play` (blocking) acts as the user."""

    async def go():
        app = AsyncApp(client=AsyncWebClient("xoxb-test", base_url=slack.api_url))
        register(app)
        handler = AsyncSocketModeHandler(app, "xapp-test")
        await handler.connect_async()
        try:
            return await asyncio.to_thread(play)
        finally:
            await handler.close_async()

    return asyncio.run(go())


def test_slash_command_ack_and_response_url(slack):
    def register(app):
        @app.command("/papers")
        async def papers(ack, respond, command):
            await ack(f"got {command['text']}")
            await respond("for all", response_type="in_channel")

    def play():
        slack.wait_connected()
        envelope = slack.play_slash("/papers", "help", user="U0BOB")
        ack = slack.ack_of(envelope)
        until(lambda: slack.messages(CHANNEL))
        return ack, slack.payload_of(envelope)["response_url"]

    ack, response_url = bolt(slack, play, register)
    assert ack["payload"]["text"] == "got help"
    assert slack.ephemerals[0] == {"channel": CHANNEL, "user": "U0BOB", "via": "ack", "text": "got help"}
    assert slack.messages(CHANNEL)[0]["text"] == "for all"
    for _ in range(4):
        assert httpx.post(response_url, json={"text": "again"}).text == "ok"
    assert httpx.post(response_url, json={"text": "sixth"}).json()["error"] == "used_url"


def test_events_buttons_modals_and_redelivery(slack):
    seen, refused = [], []
    broken = [True]
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "callback_id": "m", "blocks": []}

    def register(app):
        @app.middleware
        async def store(body, next_):
            if broken[0] and body.get("event", {}).get("type") == "app_mention":
                refused.append(body["event_id"])
                raise RuntimeError("the store is down")
            await next_()

        @app.event("app_mention")
        async def mention(event, say):
            seen.append(event["text"])
            await say("answer", thread_ts=event["ts"])

        @app.action("more")
        async def more(ack, body, client):
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal)

        @app.view("m")
        async def submitted(ack):
            await ack(response_action="clear")

    def play():
        slack.wait_connected()
        first = slack.play_mention("what is new?")
        until(lambda: refused)
        with pytest.raises(TimeoutError):
            slack.ack_of(first, timeout=0.3)
        broken[0] = False
        again = slack.redeliver()
        assert slack.payload_of(again[0])["event_id"] == slack.payload_of(first)["event_id"]
        assert slack.envelopes[again[0]]["retry_attempt"] == 1
        slack.ack_of(again[0])
        assert slack.redeliver() == []
        until(lambda: len(slack.messages(CHANNEL)) == 2)
        post = WebClient("xoxb-test", base_url=slack.api_url).chat_postMessage
        blocks = [{"type": "actions", "elements": [button(action_id="more", value="7")]}]
        ts = post(channel=CHANNEL, text="x", blocks=blocks)["ts"]
        slack.ack_of(slack.play_action("more", CHANNEL, ts))
        with pytest.raises(LookupError):
            slack.play_action("less", CHANNEL, ts)
        until(lambda: slack.views)
        return slack.ack_of(slack.play_view_submission(next(iter(slack.views)), {}))

    ack = bolt(slack, play, register)
    assert ack["payload"] == {"response_action": "clear"}
    assert seen == ["<@U0PAPERBOT> what is new?"]
    assert [m["text"] for m in slack.messages(CHANNEL)][:2] == [seen[0], "answer"]


def test_trigger_ids_are_checked(slack, client):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T" * 25}, "blocks": []}
    assert refusal(client.views_open, trigger_id="1.2", view=view) == "invalid_trigger_id"
    assert (
        refusal(
            client.views_publish,
            user_id="U0ALICE",
            view={"type": "home", "blocks": [{"type": "markdown", "text": "not here"}]},
        )
        == "invalid_arguments"
    )
    client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": [section("hello")]})
    assert slack.views["VHOMEU0ALICE"]["blocks"] == [section("hello")]


def test_reconnect_after_disconnect_delivers_what_waited(slack):
    def register(app):
        @app.event("message")
        async def message(event):
            pass

    def play():
        slack.wait_connected()
        slack.disconnect()
        waiting = slack.play_message("in between")
        slack.wait_connected(timeout=HANG_S)
        return slack.ack_of(waiting, timeout=HANG_S)

    assert bolt(slack, play, register)["payload"] is None


def test_signed_headers_satisfy_the_sdk():
    body = b'{"type":"url_verification"}'
    headers = SlackDouble.signed(body, "secret")
    assert SignatureVerifier("secret").is_valid_request(body, headers)
    assert not SignatureVerifier("other").is_valid_request(body, headers)
    assert not SignatureVerifier("secret").is_valid_request(body, SlackDouble.signed(body, "secret", 1))
