"""The world kept in a database."""
