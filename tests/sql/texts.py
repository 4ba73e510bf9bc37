"""Every file of sql/queries as one text; what a file has for several is written out for each.

    texts.py SOURCE
"""

import sys
from pathlib import Path

source = Path(sys.argv[1])
sys.path.insert(0, str(source / "tools" / "generate"))
import queries  # noqa: E402

for path in sorted(source.glob("sql/queries/*.sql")):
    for rows in queries.written_out(path.name, path.read_text().split("\n"), None):
        print("\n".join(rows))
