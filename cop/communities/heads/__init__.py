"""What a community says of itself, and how many are in it."""
