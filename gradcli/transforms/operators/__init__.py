"""The transforms that users call: a program and values in, a result out."""
