"""Tables, read and written block by block."""
