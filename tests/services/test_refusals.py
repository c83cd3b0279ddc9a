"""Refusals: what follows from each code.

What people are told in a place where nothing can be posted.
"""

import time

import pytest

from tests.services.test_delivery_slack import CHANNEL as WHERE
from tests.services.test_delivery_slack import Run
from tests.services.test_slack_listener import BOT_USER, CHANNEL, HERE, LINK, slack, slash, start  # noqa: F401
from workers.models import Part
from workers.platforms import slack_codes, telegram_codes
from workers.platforms.refusals import cannot_post, closed_slack
from workers.processes.clock_trust import FAR_S, ClockTrust
from workers.queueing.dispatcher import Dispatcher
from workers.store.delivery.held_deliveries import HeldDeliveries
from workers.store.delivery.outbox import Outbox
from workers.words import words

SLACK = [
    ("ratelimited", "retry"), ("team_added_to_org", "retry"), ("message_limit_exceeded", "retry"),
    ("org_login_required", "retry"), ("internal_error", "retry"), ("service_unavailable", "retry"),
    ("not_in_channel", "place"), ("is_archived", "place"), ("restricted_action_thread_only_channel", "place"),
    ("restricted_action_of_tomorrow", "place"), ("messages_tab_disabled", "place"),
    ("token_revoked", "operator"), ("missing_scope", "operator"), ("ekm_access_denied", "operator"),
    ("team_access_not_granted", "operator"), ("msg_blocks_too_long", "message"), ("invalid_blocks", "message"),
    ("no_text", "message"), ("a_code_of_tomorrow", "unknown"), ("", "unknown"),
]  # fmt: skip

TELEGRAM = [
    (400, "Bad Request: TOPIC_CLOSED", "place"), (400, "Bad Request: chat not found", "place"),
    (400, "Bad Request: message thread not found", "place"), (400, "Bad Request: CHAT_RESTRICTED", "place"),
    (400, "Bad Request: not enough rights to send text messages to the chat", "place"),
    (400, "Bad Request: have no rights to send a message", "place"), (403, "Forbidden: something new", "place"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "place"), (403, "Forbidden: bot was kicked from the group", "place"),
    (401, "Unauthorized", "operator"), (404, "Not Found", "operator"),
    (400, "Bad Request: message is too long", "message"), (400, "Bad Request: MESSAGE_TOO_LONG", "message"),
    (400, "Bad Request: can't parse entities: Unsupported start tag", "message"),
    (400, "Bad Request: CHANNEL_MONOFORUM_UNSUPPORTED", "place"),
    (400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", "place"),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", "place"),
    (400, "Bad Request: USER_IS_BOT", "place"), (403, "Forbidden: bots can't send messages to bots", "place"),
    (400, "Bad Request: INPUT_USER_DEACTIVATED", "place"), (401, "Unauthorized: USER_DEACTIVATED_BAN", "operator"),
    (400, "Bad Request: PEER_FLOOD", "operator"), (400, "Bad Request: BALANCE_TOO_LOW", "operator"),
    (400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED", "message"),
    (400, "Bad Request: there is no text in the message to edit", "message"),
    (400, "Bad Request: Failed to get HTTP URL content", "message"),
    (400, "Bad Request: REPLY_TO_INVALID", "message"),
    (400, "Bad Request: Object expected as reply parameters", "message"),
    (400, "Bad Request: UNSUPPORTED", "unknown"),
    (400, "Bad Request: PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN", "retry"),
    (400, "Bad Request: I'm a teapot", "unknown"), (400, "Bad Request: SLOWMODE_WAIT_30", "retry"),
    (400, "Bad Request: BRAND_NEW_THING", "unknown"),
    (409, "Conflict: terminated by other getUpdates request", "retry"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "follows"), SLACK)
def test_what_follows_from_slacks_codes(code, follows):
    assert slack_codes.follow(code) == follows


@pytest.mark.parametrize(("status", "said", "follows"), TELEGRAM)
def test_what_follows_from_telegrams_words(status, said, follows):
    assert telegram_codes.follow(status, said) == follows


def test_no_code_stands_in_two_tables():
    parts = [telegram_codes.PLACE, telegram_codes.OPERATOR, telegram_codes.MESSAGE, telegram_codes.RETRY]
    assert sum(map(len, parts)) == len(telegram_codes.FOLLOWS)
    tables = [slack_codes.RATE | slack_codes.MAYBE | slack_codes.PASSING, slack_codes.PLACE]
    tables += [slack_codes.OPERATOR, slack_codes.MESSAGE]
    assert sum(map(len, tables)) == len(frozenset().union(*tables))
    assert slack_codes.TOKEN <= slack_codes.OPERATOR


def test_blocks_that_are_too_long_come_plainer_and_then_shorter(redis, env, slack):  # noqa: F811
    settings = env(SLACK_BOT_TOKEN="xoxb-test", SLACK_API_URL=slack.api_url)
    words_ = "\n".join(f"line {n} of an analysis" for n in range(200))
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": words_[:2900]}}]
    run = Run(redis, settings, parts=[Part(key="quick", payload={"text": "short", "blocks": blocks})])
    slack.fault("*chat.postMessage", status=200, body={"ok": False, "error": "msg_blocks_too_long"}, times=2)
    run.drain()
    (message,) = slack.messages(WHERE)
    assert message["text"].startswith("line 0 of an analysis")
    assert message["text"].endswith("…")
    assert len(message["text"]) <= 1300
    assert run.states() == ["sent"]


@pytest.mark.parametrize(
    ("platform", "why", "says"),
    [
        ("slack:C1", "not_in_channel", "/invite @bot"),
        ("slack:C1", "channel_not_found", "/invite @bot"),
        ("slack:D1", "channel_not_found", "write to @bot directly"),
        ("slack:C1", "is_archived", "archived"),
        ("slack:C1", "restricted_action", "restricted_action"),
        ("telegram:-1", "rights", "right to send messages"),
        ("telegram:-1", "forbidden", "add me"),
        ("telegram:-1/7", "topic_closed", "topic is closed"),
        ("telegram:-1/7", "topic", "deleted"),
    ],
)
def test_every_refusal_says_what_to_do(platform, why, says):
    assert says in cannot_post(words("en"), platform, why, "@bot")
    assert cannot_post(words("zh"), platform, why, "@bot")


def test_what_conversations_info_tells():
    assert closed_slack({"is_archived": True, "is_member": True}) == "is_archived"
    assert closed_slack({"is_member": False}) == "not_in_channel"
    assert closed_slack({"is_im": True}) == ""
    assert closed_slack({}) == ""


@pytest.mark.parametrize(
    ("command", "text"), [("/digest", "now"), ("/digest", "subscribe"), ("/deepdive", f"<{LINK}>")]
)
def test_in_a_channel_without_the_bot_a_person_is_told_at_once(slack, start, command, text):  # noqa: F811
    start()
    slack.channel(CHANNEL).is_member = False
    said = slash(slack, command, text)
    assert "/invite @" in said
    assert f"<#{CHANNEL}>" in said
    slack.channel(CHANNEL).is_member = True
    assert "/invite" not in slash(slack, command, text)


def test_a_place_that_is_open_is_asked_about_once_until_slack_tells_of_a_change(slack, start):  # noqa: F811
    start()
    for _ in range(3):
        assert "/invite" not in slash(slack, "/digest", "now")
    assert len(slack.calls("*conversations.info")) == 1
    slack.channel(CHANNEL).is_member = False
    slack.ack_of(slack.play_event({"type": "member_left_channel", "user": BOT_USER, "channel": CHANNEL}))
    assert "/invite" in slash(slack, "/digest", "now")


def test_after_the_invitation_what_waits_goes(slack, start, redis):  # noqa: F811
    start()
    outbox, dispatcher = Outbox(redis), Dispatcher(redis)
    with redis.pipeline() as pipe:
        outbox.put(pipe, "ask|1", HERE, [Part(key="answer", payload={"text": "x"})], time.time())
        pipe.execute()
    key = "delivery|ask|1"
    dispatcher.ledger.open(key, "delivery", time.time() + 500, {"delivery": "ask|1"})
    HeldDeliveries(redis).hold("ask|1", "place", "not_in_channel", time.time())
    slack.ack_of(slack.play_event({"type": "member_joined_channel", "user": BOT_USER, "channel": CHANNEL}))
    assert dispatcher.ledger.get(key).held, "handed out"


def test_a_clock_far_off_is_not_believed_and_one_that_went_on_is(redis):
    now, steady = [time.time()], [0.0]
    trust = ClockTrust(redis, lambda: now[0], lambda: steady[0])
    assert trust.believed()
    now[0] += 400 * 86_400
    assert not trust.believed()
    assert trust.doubts.get()
    now[0] -= 400 * 86_400
    assert trust.believed()
    assert trust.doubts.get() is None
    now[0] += 2 * FAR_S
    steady[0] += 2 * FAR_S  # Redis's clock stood still, ours went on
    assert trust.believed()
