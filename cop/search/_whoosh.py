"""The one door to Whoosh.

Whoosh 2.7.4 is its last release and was written for Python 3.4: some of its modules warn when Python 3.11 compiles
them, which it does again at every start where it cannot keep the result. Whoever searches can do nothing about that,
so these warnings, and only while these modules are imported, are not shown. Whoosh imports some of its modules late,
from within functions; they are named here too, so that none is compiled out in the open.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    import whoosh.filedb.compound
    from whoosh.codec.whoosh3 import W3Codec, W3LeafMatcher
    from whoosh.columns import NumericColumn
    from whoosh.compat import loads
    from whoosh.fields import COLUMN, ID, FieldType, Schema
    from whoosh.filedb.filestore import FileStorage, RamStorage
    from whoosh.formats import Positions
    from whoosh.index import TOC, FileIndex, LockError
    from whoosh.lang.porter import stem
    from whoosh.matching.wrappers import FilterMatcher
    from whoosh.reading import SegmentReader, TermNotFound

__all__ = [
    "COLUMN",
    "ID",
    "TOC",
    "FieldType",
    "FileIndex",
    "FileStorage",
    "FilterMatcher",
    "LockError",
    "NumericColumn",
    "Positions",
    "RamStorage",
    "Schema",
    "SegmentReader",
    "TermNotFound",
    "W3Codec",
    "W3LeafMatcher",
    "loads",
    "stem",
    "whoosh",
]
