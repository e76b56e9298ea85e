"""What the needs of threads follow from."""
