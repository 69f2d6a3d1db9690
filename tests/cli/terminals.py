"""The installed command in a terminal of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

GRADCLI = str(Path(sys.executable).with_name("gradcli"))


def terminal(*words: str, columns: int = 80, lines: int = 40, **variables: str) -> str:
    """What the command writes to a terminal of so many columns and lines; no file of the user's is read."""
    import fcntl
    import pty
    import struct
    import termios

    reader, writer = pty.openpty()
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    environment |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", "GRADCLI_CONFIG": "", **variables}
    with subprocess.Popen([GRADCLI, *words], stdin=writer, stdout=writer, stderr=writer, env=environment) as child:
        os.close(writer)
        chunks = []
        while True:
            try:
                chunk = os.read(reader, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        child.wait(timeout=60)
    os.close(reader)
    return b"".join(chunks).decode().replace("\r\n", "\n")
