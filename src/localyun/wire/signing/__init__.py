"""The two ways to sign a call: `v1` (HMAC-SHA1) and `v3` (ACS3-HMAC-SHA256); `canonical` is what both share.

Every stage is a function of its own, from text to text, so that a failure names its stage.
Which way a call is signed, whose secret counts, and what clock and nonce say is for the caller to decide.
"""
