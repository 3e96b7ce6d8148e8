"""Object storage (OSS), as far as images are imported from it and exported to it."""
