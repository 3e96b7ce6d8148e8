"""The edge: HTTP in, HTTP out, and the pages that are ours."""
