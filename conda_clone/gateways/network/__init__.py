"""Connections: everything that opens a URL.

| module | holds |
|---|---|
| transport | `Transport`, what every way to open a URL can do; requests and responses |
| session | the transport that settings ask for: by scheme, with retries, or refusing offline |
| later_transport | a transport that is made when it is first used |
| mirrors | several servers for one channel |
| http_transport, extended | http and https; with what plugins add to requests |
| connections, tls, patience | pools of connections, whom they trust, how slow servers may be |
| dialing, ahead | how a connection is opened, and when before there is a request for it |
| auth, credentials, proxies, redirections | what goes along, by which way, and where to next |
| local_files, ftp, s3, oci | other kinds of URLs |
| download, stream_digests | one URL into one file, resumed and verified |
| errors | what can go wrong, without secrets |
"""
