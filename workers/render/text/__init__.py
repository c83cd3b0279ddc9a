"""Markdown, mathematics and foreign text, taken apart and made safe for chats."""
