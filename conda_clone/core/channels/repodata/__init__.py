"""The index of one platform folder of a channel: fetched, cached, opened by package name.

| module | holds |
|---|---|
| formats | the files in which a server may offer an index, and how their bytes are decoded |
| cache | the copy on disk and its state file, as other conda programs keep them |
| parse | body of an index -> where each package name's entries lie in it |
| names_index | that, written beside the body so that it is found out once per download |
| place | one platform folder of one channel, and what opening its index gives |
| shards | the sharded form: table of digests, one small file per name |
| shard_store | these files on disk, kept for ever |
| fetched | which shard of each name was fetched last |
| sharded | an open index whose names are fetched when they are asked for |
| jlap | the file that says how an index has changed |
| json_patch | changes applied to the body of an index |
| incremental | a cached index brought up to date by them |
| transfer | one file, asked for in the best form that the server has of it |
| run_exports | what packages ask of those that are built with them |
| fetch | fresh, revalidate or download; ends with an open index |
"""
