"""Simplified Chinese: setting up a topic, and everything of a profile that a channel may change."""

WORDS = {
    "topic_title": "{topic} 论文日报",
}
