"""What somebody is in a community at the moment in which they act."""
