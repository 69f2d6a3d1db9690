"""Derivatives as code: a file of facts for each language, and one printer that reads them."""
