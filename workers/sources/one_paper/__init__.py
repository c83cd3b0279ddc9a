"""Finds the record of one paper, by its id or by its title."""
