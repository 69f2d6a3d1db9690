"""Where numbers that are not finite came from, and how to write the program without them."""
