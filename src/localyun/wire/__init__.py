"""Text to values and back: parameters, signatures, JSON and XML. No sockets, no store, no clock."""
