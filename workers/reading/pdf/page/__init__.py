"""One page of a PDF: characters, words, lines, without heads and line numbers."""
