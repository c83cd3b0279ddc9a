"""What is checked against the paper: quotes, numbers, names and negations, looked up in the text by code."""
