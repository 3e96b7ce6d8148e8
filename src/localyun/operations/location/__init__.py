"""Location: where products are reached."""
