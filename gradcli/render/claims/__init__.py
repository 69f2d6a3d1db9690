"""What is said of claims, in every format."""
