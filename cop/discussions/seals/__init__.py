"""Seals: what is withheld from a reader until they have chosen, or read on."""
