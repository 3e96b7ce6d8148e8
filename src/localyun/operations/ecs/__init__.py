"""Elastic Compute Service: images, instances, disks, snapshots, security groups."""
