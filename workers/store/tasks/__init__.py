"""The ledger of tasks, their leases and progress."""
