"""Shows the whole bot at work against local servers: `make demo`."""
