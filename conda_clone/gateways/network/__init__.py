"""Connections: transport, session, download, authentication."""
