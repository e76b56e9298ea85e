"""Stories from elsewhere: read from JSON lines, checked one by one, taken in without a teller."""
