"""People: signing up, signing in and out, sessions, the practice a person names."""
