"""The outbox, deliveries held back, and what paces sending."""
