"""What Slack says of the tokens when the listener starts.

Wrong ones stop it, trouble of Slack's does not.
"""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.app import preflight
from tests.doubles.slack import SlackDouble
from workers.errors import BadSetting, Retryable


@pytest.fixture(scope="module")
def slack():
    with SlackDouble(pace=False) as double:
        yield double


@pytest.mark.parametrize(
    ("token", "app_token", "answer", "error", "said"),
    [
        ("", "", {"status": 503, "body": "<html>"}, Retryable, "HTTP 503"),
        ("", "", {"status": 200, "body": {"ok": False, "error": "internal_error"}}, Retryable, "internal_error"),
        ("", "", {"status": 200, "body": {"ok": False, "error": "account_inactive"}}, BadSetting, "refused by Slack"),
        ("xapp-1", "", None, BadSetting, "SLACK_BOT_TOKEN holds an app-level token"),
        ("", "xoxb-1", None, BadSetting, "SLACK_APP_TOKEN holds a bot token"),
    ],
)
def test_who_is_at_fault(slack, env, token, app_token, answer, error, said):
    slack.faults.clear()
    if answer:
        slack.fault("*", **answer)
    settings = env(SLACK_API_URL=slack.api_url)
    client = AsyncWebClient(token=token or slack.bot_token, base_url=slack.api_url)
    with pytest.raises(error, match=said):
        asyncio.run(preflight(settings, client, app_token or slack.app_token))
