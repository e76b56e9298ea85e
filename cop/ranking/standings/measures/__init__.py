"""What the worker reads to measure standing."""
