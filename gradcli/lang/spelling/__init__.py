"""Mathematics as others write it, read as the line that is meant. It is imported with the first error alone."""
