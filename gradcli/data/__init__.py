"""Values of variables and cases of claims, read from texts, files and standard input."""
