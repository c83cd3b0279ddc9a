"""What fetching shares between workers: lists had today, pauses, first sights."""
