"""Tables as grids: which cells are headers, what a row and a column are called."""
