#!/usr/bin/env bash
# Every statement of sql/queries in each of its texts, as the role that runs it: see statements.py.
exec /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/statements.py"
