"""How a thread ends: retired with a reason, or superseded by a successor. It stays, and that can be taken back."""
