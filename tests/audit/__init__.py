"""What is installed: locked, by hash, under licences that were looked at, and listed.

`python -m tests.audit` fetches every locked file again, and compares it with its hash in the lock.
"""
