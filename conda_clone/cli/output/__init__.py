"""What people and programs see: tables, bars, prompts, reports and JSON."""
