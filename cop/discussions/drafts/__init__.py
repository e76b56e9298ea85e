"""Drafts: what somebody is writing, kept on the server until it is said or thrown away. Their owner's alone."""
