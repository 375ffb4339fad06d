"""Facts about the machine, as packages that others may depend on."""
