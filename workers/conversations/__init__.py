"""A deep dive on demand, an answer to a question, and the messages they are sent as."""
