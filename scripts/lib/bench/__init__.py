"""Benchmarks: each section measures gradcli and its peers in turns and prints ratios of medians."""
