"""Verdicts: what a person who knows the work says of a story, on a stated basis."""
