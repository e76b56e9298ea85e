"""Columns that follow from others, beside those of order, needs and standing: reckoned again, compared and mended."""
