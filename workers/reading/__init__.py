"""Reads a paper: HTML or PDF in; clean sections, paragraphs with stable ids, figures and labels out (`PaperText`)."""
