"""The process that programs are enclosed in, and the parent's side of it."""
