"""The package cache: what is there, and how more gets in.

| module | holds |
|---|---|
| package_cache_data, cache_dirs | one folder of packages; several of them |
| fetch_extract | brings packages in, several at a time |
| fetch_steps, fetch_failures | what each of them needs; what it means when one fails |
| extraction, early_extraction | archives into folders: whole ones, and those still coming |
| verify, soundness | whether archives, and what was extracted, are as they should be |
| unpacked_size | what a package takes in an environment |
| errors | what can go wrong with package caches |
"""
