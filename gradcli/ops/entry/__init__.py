"""What an entry of the derivative table is, and the ways to declare one."""
