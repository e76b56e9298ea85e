"""Reading down a list, or what of it speaks of one topic, off indexes and in bounded time."""
