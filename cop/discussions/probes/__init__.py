"""Probes: typed questions to whoever told it, their answers, those who wondered too, and those that wait."""
