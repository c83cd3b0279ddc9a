"""The team's memory: what was posted, asked and saved, and handing it on. Nothing here fetches or calls a model."""
