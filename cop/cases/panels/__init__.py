"""Panels: the practitioners who chose at a fork without seeing one another, beside the newcomers who did."""
