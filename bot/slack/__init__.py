"""The Slack listener: Socket Mode or signed HTTP in, acknowledgements out."""
