"""The Redis server: connecting, our own server beside the bot, what it says of itself."""
