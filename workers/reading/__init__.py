"""Reading: HTML or PDF to sections, paragraphs and figures of clean text."""
