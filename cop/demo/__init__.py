"""The demonstration: invented people and stories, told through the operations in the order of time."""
