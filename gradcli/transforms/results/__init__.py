"""What the transforms give back: plain dataclasses of numbers, arrays and names."""
