"""The team's memory in the store: entries of each channel, and their index."""
