"""Tells by its shape what kind of token or key a value is. Pure.

For what a service has refused: most often the right value stands in the wrong place.
"""

import re

TELEGRAM = "TELEGRAM_BOT_TOKEN"

KINDS = (
    (r"xoxb-|xoxe\.xoxb-", "a bot token of Slack (xoxb-…)", "SLACK_BOT_TOKEN"),
    (r"xapp-", "an app-level token of Slack (xapp-…)", "SLACK_APP_TOKEN"),
    (r"xoxp-|xoxe\.xoxp-", "a person's token of Slack (xoxp-…)", ""),
    (r"xox[a-z]-|xoxe-", "another kind of Slack token", ""),
    (r"https?://", "an address", ""),
    (r"[0-9a-f]{32}$", "what looks like a secret of a Slack app (Signing Secret or Client Secret)",
     "SLACK_SIGNING_SECRET"),
    (r"[0-9]{5,}\.[0-9]{5,}$", "the Client ID of a Slack app", ""),
    (r"[0-9]{5,}:[\w-]{30,}$", "a bot token of Telegram", TELEGRAM),
    (r"bot[0-9]{5,}:", "a bot token of Telegram with “bot” before it", ""),
    (r"[0-9]{5,}$", "a number only; a token of Telegram goes on after a colon (123456:…)", ""),
    (r"@\w+$", "a name", ""),
    (r"sk-ant-admin", "an admin key of Anthropic, with which no model may be called", ""),
    (r"sk-ant-oat", "a subscription's token of Anthropic, which is no API key", ""),
    (r"sk-ant-", "an API key of Anthropic", "ANTHROPIC_API_KEY"),
    (r"sk-or-", "a key of OpenRouter", ""),
    (r"sk-(proj|svcacct|None)-|sess-", "a key of OpenAI", ""),
    (r"AIza", "a key of Google", ""),
    (r"gsk_", "a key of Groq", ""),
    (r"xai-", "a key of xAI", ""),
    (r"hf_", "a token of Hugging Face", ""),
    (r"gh[opsu]_|github_pat_", "a token of GitHub", ""),
    (r"(your|my|the|change|xxx|placeholder|example|token|secret|key)([-_ ]|$)", "an example's text", ""),

)  # fmt: skip
"""What a value begins with -> what it is, and the setting where it belongs (empty: none of ours). The first that fits;
prefixes as the services document them (docs.slack.dev, core.telegram.org/bots, platform.claude.com)."""


def mistaken(setting: str, value: str) -> str:
    """What stands in a setting where something else belongs: "holds a key of OpenAI".

    Empty where the value has that setting's own shape, or none that is known.
    """
    for shape, what, belongs in KINDS:
        if re.match(shape, value):
            if belongs == setting:
                return ""
            return f"holds {what}" + (f": that belongs into {belongs}" if belongs else "")
    return ""
