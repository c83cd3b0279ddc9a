"""Makes links to posted messages without asking a platform."""

from redis import Redis

from workers.store.people.bot_names import BotNames

SLACK = "https://slack.com/"
"""Root of a link where the workspace's own is not known yet: Slack finds the workspace by who is signed in."""

OF_SLACK = "slack-url"
"""Under which the workspace's root is kept beside the bot's name."""


class MessageLinks:
    """Makes links to messages."""

    def __init__(self, redis: "Redis") -> None:
        self.me = BotNames(redis)

    def url(self, channel: str, message: str) -> str:
        """The address of a message, or '' where the platform has none.

        A private chat and the terminal have none.
        """
        platform, _, address = channel.partition(":")
        if not message:
            return ""
        if platform == "slack":
            root = self.me.name(OF_SLACK) or SLACK
            return f"{root}archives/{address}/p{message.replace('.', '')}"
        if platform == "telegram" and address.startswith("-100"):
            return f"https://t.me/c/{address.removeprefix('-100')}/{message}"
        return f"https://t.me/{address[1:]}/{message}" if platform == "telegram" and address.startswith("@") else ""
