"""Who gets a digest and when: targets, schedule, and a channel's own settings."""
