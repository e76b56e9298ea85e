"""What tellers and askers are told by mail of probes."""
