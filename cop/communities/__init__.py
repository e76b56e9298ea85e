"""Communities of practice: who is in them, in which role, and who vouched for whom."""
