"""What instances and disks run on, behind one small interface."""
