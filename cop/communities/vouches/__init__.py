"""What people have seen each other do, and what follows from it."""
