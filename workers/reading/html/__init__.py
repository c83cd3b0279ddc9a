"""HTML of the LaTeXML family -> sections, paragraphs, figures, tables."""
