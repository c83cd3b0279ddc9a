"""The web archive of a channel: pages and feeds, each one text. Pure; only figures are loaded from elsewhere."""
