"""How long the long jobs take: a million events verified, a hundred thousand keys changed, all backed up.

`python -m tests.size verify --events 1000000 --on postgresql`; see also `rekey` and `backup`.
"""
