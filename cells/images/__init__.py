"""Container images of the cells: which digest runs where, and the placeholder until a product has built one."""
