"""What the work costs without a platform: raw driver code that has the same effect. Nothing here imports the platform.

Each file says what it does and what it leaves out; the benchmark beside it proves that results are equal.
"""
