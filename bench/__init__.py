"""What `make bench` runs: how fast the pages are, as shares of what a bare Flask application does on this machine."""
