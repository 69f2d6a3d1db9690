"""Values and tables, in and out."""
