"""Out: the outbox's messages leave through here, each exactly once as far as the platforms allow."""
