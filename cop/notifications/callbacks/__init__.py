"""What became of what somebody told, for themselves (domain.md A3, callbacks)."""
