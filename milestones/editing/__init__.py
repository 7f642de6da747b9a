"""Templates as the editor shows them: words, rows, forms, differences."""
