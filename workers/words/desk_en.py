"""English: setting up a topic, and everything of a profile that a channel may change."""

WORDS = {
    "topic_title": "{topic} Daily",
}
