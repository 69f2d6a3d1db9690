"""Chromium without a window, driven over a pipe by its DevTools protocol; nothing but Python's own library."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

__all__ = ["Browser", "Page", "chromium", "needs_chromium"]

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1300,900", "--remote-debugging-pipe",
)  # fmt: skip

_BEGIN = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Puts two pipes where the protocol has them and becomes the browser."""

_SECONDS = 60.0
"""How long anything may take on a busy machine."""


def chromium() -> str | None:
    """The program, by one of its names."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def needs_chromium() -> str:
    """The program; the test is skipped where there is none."""
    found = chromium()
    if found is None:
        pytest.skip("Chromium is not installed: the page is not opened in a browser")
    return found


class Browser:
    """A browser with a profile of its own, which is gone afterwards."""

    def __init__(self, program: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="gradcli-browser-")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (to_read, to_write)]

        flags = [*_FLAGS, f"--user-data-dir={self._folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN, *map(str, high), program, *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=high,
            env={**os.environ, "HOME": self._folder},
        )
        for fd in (to_read, to_write, *high):
            os.close(fd)
        self._rest = b""
        self._count = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self._folder, ignore_errors=True)

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """What a command of the protocol gives."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                found: dict[str, Any] = answer["result"]
                return found
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(self._from, 1 << 20) if ready else b""
            if not piece:
                if self._count == 1 and self._process.wait(10) is not None:
                    pytest.skip("Chromium is installed and does not start here: the page is not opened in a browser")
                raise RuntimeError("the browser does not answer")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    @contextmanager
    def page(self, file: Path, width: int = 1300, height: int = 900, **media: str) -> Iterator[Page]:
        """A page of a file, loaded."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.ask(f"{domain}.enable")
        page.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        page.ask("Emulation.setEmulatedMedia", features=features)
        self.events.clear()
        page.ask("Page.navigate", url=file.as_uri())
        page.wait("document.readyState === 'complete' && location.href !== 'about:blank'")
        yield page
        self.ask("Target.closeTarget", targetId=target)


class Page:
    """A loaded page."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """What a command of the protocol gives for this page."""
        return self._browser.ask(method, self._session, **params)

    def js(self, code: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(f"{code}: {found['exceptionDetails']}")
        return found["result"].get("value")

    def wait(self, code: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _SECONDS
        while not self.js(code):
            if time.monotonic() > end:
                raise RuntimeError(f"{code} does not become true")
            time.sleep(0.02)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key and let it go."""
        common = {"key": key, "windowsVirtualKeyCode": code, "code": key}
        self.ask("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **common)

    def enter(self, field: str, told: str) -> None:
        """Put a text in the place of an input's."""
        self.js(f"field = document.getElementById({json.dumps(field)}); field.select(); field.focus()")
        self.ask("Input.insertText", text=told)

    def text(self, selector: str) -> str:
        """The text of an element."""
        found: str = self.js(f"document.querySelector({json.dumps(selector)}).textContent")
        return found

    def screenshot(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def complaints(self) -> list[str]:
        """Errors that the page has raised, what its policy has refused, and what it has asked the network for."""
        self.js("1")
        found = []
        for event in self._browser.events:
            params = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"].get("exception", params["exceptionDetails"])))
            if event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(params["entry"]["text"])
            if event.get("method") == "Network.requestWillBeSent" and not params["request"]["url"].startswith("file:"):
                found.append(f"asks for {params['request']['url']}")
        return found
