"""Taking back what one told or said, and bringing it back."""
