"""Standing as it is kept: measured by the worker, given as voices, and told in words with the ways of trust."""
