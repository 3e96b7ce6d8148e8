"""Security Token Service: who calls."""
