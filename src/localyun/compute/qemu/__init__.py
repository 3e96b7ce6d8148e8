"""Compute with real disks and machines, by the programs of QEMU."""
