"""Benchmarks of Usher against what it is built on; `python -m benchmarks` runs them. See docs/benchmarks.md."""
