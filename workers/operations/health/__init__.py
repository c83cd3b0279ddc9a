"""How the bot is, for machines: `/healthz` and `/metrics`. All of it is read from the store, nothing is kept here."""
