"""Measurements: localyun against the bare HTTP server below it, its own variants, and a peer."""
