"""Key Management Service: the keys that disks are encrypted with."""
