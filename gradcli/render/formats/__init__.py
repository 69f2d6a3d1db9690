"""The formats that need no terminal: plain lines, bare numbers, JSON, messages."""
