"""The team's memory in the store: what each channel has seen, and the index it is found by."""
