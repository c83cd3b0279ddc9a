"""Sentences, terms and word lists, English and Chinese."""
