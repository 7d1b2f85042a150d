"""One line of the core changed at a time, to see that a test notices each (by mutmut).

`python -m tests.mutation --minutes 20` goes on where the last run ended; needs mutmut beside the tests.
"""
