"""What the operator sees: alerts, incidents, status, backup, doctor and health."""
