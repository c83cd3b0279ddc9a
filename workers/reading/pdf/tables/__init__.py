"""Rows and columns of a PDF's tables."""
