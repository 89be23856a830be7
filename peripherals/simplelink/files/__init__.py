"""The file system silo: the secured serial flash behind the network processor.

Commands: SimpleLink SDK, source/fs.c; semantics: fs.h and the CC3x20, CC3x3x NWP user's guide
(SWRU455), chapter "File System".
"""
