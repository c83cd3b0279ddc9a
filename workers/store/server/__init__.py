"""The Redis server: connecting, our own beside the bot, what it tells."""
