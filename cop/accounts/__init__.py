"""People: signing up by letter, sessions, names, addresses, passwords, administrators, and the practice they name."""
