"""Virtual Private Cloud: VPCs and their vSwitches."""
