"""What every package stands on and what knows no word of the domain."""
