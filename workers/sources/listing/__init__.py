"""What every source's list of papers shares: days, results, names, text."""
