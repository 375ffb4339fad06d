"""Package archives: safe extraction of both formats.

| module | holds |
|---|---|
| extractors, extract | archives by the ends of their names; from a file to a folder |
| conda_format, zip_directory, tar_bz2 | from a file to tar streams |
| arriving_file | a file that is read while it is still being downloaded |
| decompress, bz2_blocks, prefetch | decompression: as it comes, by several threads, ahead |
| byte_source, tar_members, tar_extensions | from a tar stream to members |
| member_paths, limits | what members may be called, and how much they may ask for |
| tree_writer, output_folder | members below one folder, and nowhere else |
| file_writer, partner_writer, digester | what is in files, by one process or two |
| bundle | the other way: files of an environment into an archive |
| errors | what can be wrong with an archive |
"""
