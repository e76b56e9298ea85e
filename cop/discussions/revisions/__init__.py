"""What stood before a change, and how it reads against what came after."""
