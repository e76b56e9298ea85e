"""Keepers: practitioners who look after the thread of a teller who has gone."""
