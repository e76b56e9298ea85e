"""What came of a thread: its replies, in pages."""
