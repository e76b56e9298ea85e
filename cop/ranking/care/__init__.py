"""What order says is to be looked after: what is due for a check-in, and what hardly holds any more."""
