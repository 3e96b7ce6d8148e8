"""Code for one call, in the languages that people call from: one module a language, whole and runnable."""
