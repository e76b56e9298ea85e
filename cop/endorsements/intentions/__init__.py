"""“I’m going to try this”: known to nobody else, and counted nowhere."""
