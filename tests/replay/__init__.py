"""Many days of the bot in a minute: what the channel saw of each, and whether any was a bad one."""
