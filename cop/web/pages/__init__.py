"""Read models: one frozen dataclass a page, built from the queries, and nothing else reaches its template."""
