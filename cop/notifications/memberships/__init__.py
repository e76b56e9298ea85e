"""What people are told by mail of the communities they are in, ask to join, or are invited to."""
