"""Asking to be let in."""
