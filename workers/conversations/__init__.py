"""Deep dives, answers and citations on demand, and their messages."""
