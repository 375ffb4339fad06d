"""Package archives: reading and safe extraction of both formats."""
