"""Exploration: what is new and few have read stands at the front of Living too, or nobody would ever read it."""
