"""Random input for gradcli, the properties that it must keep, and the smallest input that breaks one.

A case is made from its seed and number alone: `--seed 7 --only programs/31` makes the same one again on any
machine. Each kind of case has a module with `make(random)`, `check(case)` and `smaller(case)`.
"""
