"""Functions that SymPy lacks, or differentiates wrongly."""
