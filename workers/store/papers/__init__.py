"""What is known of each paper: record, text, scores, analyses, other names."""
