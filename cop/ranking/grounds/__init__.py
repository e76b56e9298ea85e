"""What the keys of threads rest on: their acts, and what the thread and its community say."""
