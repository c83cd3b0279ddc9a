"""What kind of token stands in a setting: said where it belongs into another one."""

import pytest

from workers.platforms.token_kinds import mistaken


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-A0-1-x", "an app-level token of Slack (xapp-…): that belongs into SLACK_APP_TOKEN"),
        ("SLACK_BOT_TOKEN", "8f742231b10e88889f742231b10e8888", "Signing Secret or Client Secret"),
        ("SLACK_BOT_TOKEN", "xoxp-1-2", "a person's token"),
        ("SLACK_BOT_TOKEN", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "that belongs into TELEGRAM_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "https://hooks.slack.com/services/T0/B0/x", "an address"),
        ("SLACK_BOT_TOKEN", 'xoxb-1"', ""),
        ("SLACK_APP_TOKEN", "xoxb-1-2", "that belongs into SLACK_BOT_TOKEN"),
        ("SLACK_APP_TOKEN", "your-app-token", "an example's text"),
        ("TELEGRAM_BOT_TOKEN", "bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "with “bot” before it"),
        ("TELEGRAM_BOT_TOKEN", "123456789", "a number only"),
        ("TELEGRAM_BOT_TOKEN", "@paper_bot", "a name"),
        ("ANTHROPIC_API_KEY", "sk-proj-1", "a key of OpenAI"),
        ("ANTHROPIC_API_KEY", "AIzaSy1", "a key of Google"),
        ("ANTHROPIC_API_KEY", "sk-ant-oat01-1", "which is no API key"),
        ("SLACK_BOT_TOKEN", "xoxb-1-2", ""),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-2", ""),
        ("SLACK_SIGNING_SECRET", "8f742231b10e88889f742231b10e8888", ""),
        ("TELEGRAM_BOT_TOKEN", "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", ""),
        ("ANTHROPIC_API_KEY", "sk-ant-api03-x", ""),
        ("ANTHROPIC_API_KEY", "local", ""),
    ],
)
def test_what_stands_there(setting, value, said):
    found = mistaken(setting, value)
    assert said in found
    assert bool(said) == bool(found)
