"""What the platform's work costs, as a ratio to a ceiling measured in the same run.

`make bench`, or `make bench BENCH=prefix`.
"""
