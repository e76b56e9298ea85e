"""How far somebody has read: kept in the process for a few seconds, then written together."""
