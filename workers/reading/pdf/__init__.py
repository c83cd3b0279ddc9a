"""PDF -> sections, paragraphs, figures, tables, from word positions."""
