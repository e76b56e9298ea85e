"""Procedures: pointers to documents, led by the discussions they rest on."""
