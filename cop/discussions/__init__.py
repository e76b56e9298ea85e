"""Threads and the replies to them."""
