"""A digest or answer as Telegram HTML."""
