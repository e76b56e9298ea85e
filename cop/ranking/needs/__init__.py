"""Needs you: what a community waits for, one row for each open need, and when it is due."""
