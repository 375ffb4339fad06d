"""Carry out the change of one environment: plan, verify, execute, roll back."""
