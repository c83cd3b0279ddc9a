"""Many days of the bot in a minute.

What the channel saw of each, and whether any was a bad one.
"""
