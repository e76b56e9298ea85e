"""Ways in that a moderator hands out."""
