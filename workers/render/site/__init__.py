"""The web archive of a channel: pages and feeds. Pure."""
