"""Search: the port, its Whoosh adapter, the language of queries, snippets."""
