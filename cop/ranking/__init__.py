"""Order: what is lively, what holds up, and the acts from which both can always be computed again."""
