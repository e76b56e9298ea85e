"""Conditions: when a contested story holds, or when not, as both sides accept it."""
