"""Reads papers: HTML or PDF to sections, paragraphs, tables and figures."""
