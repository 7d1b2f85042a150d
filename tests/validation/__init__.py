"""What is promised, and how each promise is shown: docs/validation.md is made from here.

`python -m tests.validation` runs the tests that are named, and writes the page.
"""
