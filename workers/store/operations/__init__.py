"""What the operator is told: incidents, heartbeats, spend, doubts of the clock."""
