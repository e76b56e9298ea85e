"""Who is in a community, who went and how."""
