"""The only code that changes disks, opens connections or starts processes."""
