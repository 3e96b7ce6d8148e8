"""Quota Center: what an account may have, and asking for more."""
