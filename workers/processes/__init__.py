"""Long-running processes: scheduler, worker, the supervisor of both, and `up`."""
