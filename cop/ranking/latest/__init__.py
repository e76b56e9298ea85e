"""What was done last on a thread, for the sentence that says why it stands where it stands."""
