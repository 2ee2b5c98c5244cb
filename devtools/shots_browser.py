"""Drives Chromium for `./dev shots`; run with the interpreter that has websocket.

Its only argument is the job, as JSON: see shots.py.
"""

import base64
import contextlib
import http.cookiejar
import itertools
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--disable-extensions", "--hide-scrollbars", "--no-first-run", "--mute-audio"),
    *("--disable-background-networking", "--remote-debugging-port=0"),
    "--remote-allow-origins=*",
)
QUIET = 0.7  # seconds without a request that make a page a finished one
STALE = 10  # seconds after which a request isn't waited for: workers keep some open
PATIENCE = 120  # the first page makes Odoo build its bundles
READY = """
document.readyState === "complete" && document.fonts.status === "loaded"
&& (!document.body.classList.contains("o_web_client")
    || (window.odoo?.isReady && !document.querySelector(
        ".o_loading_indicator, .o_blockUI, .o_skeleton")))
"""


class Chromium:
    """A headless Chromium with one page."""

    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [program, *FLAGS, f"--user-data-dir={self.folder.name}"]
        self.process = subprocess.Popen(
            [*command, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.numbers = itertools.count(1)
        self.pending = {}
        self.last_request = time.monotonic()
        self.remarks = []
        self.socket = websocket.create_connection(self._address(), timeout=PATIENCE)
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def _address(self):
        """Return the address of the page, once the browser has written its port."""
        mark = Path(self.folder.name) / "DevToolsActivePort"
        for _attempt in range(300):
            with contextlib.suppress(OSError, IndexError, StopIteration):
                port = mark.read_text().split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as pages:
                    return next(
                        page["webSocketDebuggerUrl"]
                        for page in json.load(pages)
                        if page["type"] == "page"
                    )
            time.sleep(0.1)
        raise SystemExit("Chromium doesn't start")

    def close(self):
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()

    def call(self, method, **params):
        """Send a command and return its result."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self):
        message = json.loads(self.socket.recv())
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            patience = PATIENCE if params.get("type") == "Document" else STALE
            self.pending[params["requestId"]] = time.monotonic() + patience
            self.last_request = time.monotonic()
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            self.pending.pop(params["requestId"], None)
            self.last_request = time.monotonic()
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details["text"]
            self.remarks.append(text.splitlines()[0])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            entry = params["entry"]
            self.remarks.append(f"{entry['text']} {entry.get('url', '')}")
        return message

    def evaluate(self, expression):
        """Return the value of a JavaScript expression."""
        result = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True
        )
        return result["result"].get("value")

    def wait(self):
        """Wait until the page is drawn and asks for nothing more."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            ready = self.evaluate(READY)
            now = time.monotonic()
            waiting = any(limit > now for limit in self.pending.values())
            if ready and now - self.last_request > QUIET and not waiting:
                return
            time.sleep(0.1)
        self.remarks.append("the page doesn't come to rest")

    def visit(self, url):
        """Open a page, anew even if it differs only in what follows the #."""
        self.call("Page.navigate", url="about:blank")
        self.pending.clear()
        self.remarks.clear()
        self.call("Page.navigate", url=url)
        self.wait()

    def click(self, selector):
        """Click on an element."""
        found = self.evaluate(
            f"(() => {{const it = document.querySelector({json.dumps(selector)});"
            "it?.click(); return Boolean(it)})()"
        )
        if not found:
            self.remarks.append(f"nothing to click on: {selector}")
        time.sleep(0.3)
        self.wait()

    def size(self, width, height, mobile):
        """Be a window or a telephone of this size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if mobile else 1,
            mobile=mobile,
        )
        self.call("Emulation.setTouchEmulationEnabled", enabled=mobile)

    def picture(self, path, full):
        """Write a picture of the page."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=full)
        path.write_bytes(base64.b64decode(shot["data"]))


class Session:
    """A login at Odoo, without a browser."""

    def __init__(self, url, database, user, password):
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(self.jar)
        self.opener = urllib.request.build_opener(cookies)
        params = {"db": database, "login": user, "password": password}
        self.user = self.rpc("/web/session/authenticate", params)["uid"]

    def rpc(self, route, params):
        """Call a JSON route."""
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            self.url + route,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request) as answer:
            content = json.load(answer)
        if "error" in content:
            raise SystemExit(f"{route}: {content['error']['data']['message']}")
        return content["result"]

    def users(self, method, *arguments):
        """Call a method of the user's own record."""
        params = {"model": "res.users", "method": method, "kwargs": {}}
        params["args"] = [[self.user], *arguments]
        return self.rpc(f"/web/dataset/call_kw/res.users/{method}", params)


def main(job):
    """Take all the pictures; return the number of pages with remarks."""
    browser = Chromium(job["chromium"])
    try:
        return sum(pictures(browser, job, language) for language in job["languages"])
    finally:
        browser.close()


def pictures(browser, job, language):
    """Take the pictures in one language."""
    with logged_in(browser, job, language):
        return sum(
            picture(browser, job, path, language, size)
            for path in job["paths"]
            for size in job["sizes"]
        )


def picture(browser, job, path, language, size):
    """Take one picture; return whether there is something to remark."""
    browser.size(*job["sizes"][size])
    browser.visit(job["url"] + path)
    for selector in job["click"]:
        browser.click(selector)
    who = job["user"] or "visitor"
    slug = re.sub(r"\W+", "-", path).strip("-") or "home"
    file = Path(job["folder"]) / f"{slug}.{who}.{language}.{size}.png"
    browser.picture(file, job["full"])
    print(file, flush=True)
    for remark in dict.fromkeys(browser.remarks):
        print(f"  ! {remark}", flush=True)
    return bool(browser.remarks)


@contextlib.contextmanager
def logged_in(browser, job, language):
    """Be the user with that language, and leave the user's own as it was."""
    browser.call("Network.clearBrowserCookies")
    cookies = {"frontend_lang": language}
    session = before = None
    if job["user"]:
        arguments = (job["url"], job["database"], job["user"], job["password"])
        session = Session(*arguments)
        before = session.users("read", ["lang"])[0]["lang"]
        session.users("write", {"lang": language})
        fresh = Session(*arguments)  # a session keeps the language of its login
        cookies |= {cookie.name: cookie.value for cookie in fresh.jar}
        cookies["frontend_lang"] = language
    for name, value in cookies.items():
        browser.call("Network.setCookie", name=name, value=value, url=job["url"])
    try:
        yield
    finally:
        if session:
            session.users("write", {"lang": before})


if __name__ == "__main__":
    sys.exit(1 if main(json.loads(sys.argv[1])) else 0)
