"""The order on trial: one invented practice a list and a seed, since what is shown decides what is said of it."""
