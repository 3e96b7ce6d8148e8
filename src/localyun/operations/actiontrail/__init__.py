"""ActionTrail: who did what."""
