"""Connections: transport, session, download, authentication.

| module | holds |
|---|---|
| transport | `Transport`, what every way to open a URL can do; requests and responses |
| local_files | `file://` URLs |
| session | the transport that settings ask for: proxies, TLS, retries, offline refusal |
| download | one URL into one file, resumed and verified |
| ahead | connections that are opened before there is a request for them |
| auth | which credentials go with which request |
| errors | what can go wrong, without secrets |
"""
