import os
import tempfile
import time
from pathlib import Path

from odoo.tests.common import ChromeBrowser

from .feedback_common import FeedbackHttpCommon

#: WeChat on an Android telephone of some years ago.
WECHAT = (
    "Mozilla/5.0 (Linux; Android 8.1; vivo X20A) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Version/4.0 Chrome/66.0.3359.126 MQQBrowser/6.2 TBS/045223 Mobile "
    "Safari/537.36 MMWEBID/5571 MicroMessenger/7.0.14.1660 NetType/4G Language/zh_CN"
)
PATIENCE = 30


class PhoneCommon(FeedbackHttpCommon):
    """A real browser of a telephone's size, touched by fingers and keys.

    Pages of ours have none of Odoo's scripts, so no tour runs in them.
    """

    browser_size = "375x812"
    touch_enabled = True

    def _start_phone(self, language="en-US", agent=WECHAT):
        """Open a browser that asks for ``language``."""
        # The size that the class names is read, and written, by the browser.
        self.phone = ChromeBrowser(self)
        self.addCleanup(self.phone.stop)
        self.enterContext(self.allow_requests(browser=self.phone))
        self.addCleanup(self._wait_remaining_requests)
        self.authenticate(None, None, browser=self.phone)
        self._ask("Network.enable")
        # What the page of a case asks for by itself would use the cursor of the test at
        # the moment at which the test looks at the case.
        own = ["*/c/s/*/seen*", "*/c/s/*/file/*"]
        self._ask("Network.setBlockedURLs", urls=own)
        self._ask(
            "Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language
        )

    def _ask(self, method, **params):
        """Return the browser's answer to a command."""
        return self.phone._websocket_request(method, params=params, timeout=PATIENCE)

    def _evaluate(self, expression):
        """Return the value of ``expression`` on the page."""
        answer = self._ask(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        self.assertNotIn("exceptionDetails", answer, expression[:200])
        return answer["result"].get("value")

    def _wait_for(self, expression):
        """Wait until ``expression`` is true on the page."""
        end = time.monotonic() + PATIENCE
        while not self._evaluate(f"Boolean({expression})"):
            self.assertLess(time.monotonic(), end, f"never true: {expression}")
            time.sleep(0.1)
        # What made it true may be a request that hasn't left the test's cursor yet.
        self._wait_remaining_requests()

    def _visit(self, path):
        """Open a page of this server."""
        self.cr.flush()
        self.cr.clear()
        self.phone.navigate_to(self.base_url() + path, wait_stop=True)
        self._wait_for("document.readyState === 'complete' && document.body")

    def _touch(self, selector):
        """Press on what ``selector`` finds, where a finger would."""
        x, y = self._evaluate(
            f"(function () {{ const found = document.querySelector({selector!r});"
            "found.scrollIntoView({block: 'center'});"
            "const box = found.getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=x,
                y=y,
                button="left",
                clickCount=1,
            )

    def _type(self, selector, text):
        """Write ``text`` into a field."""
        self._touch(selector)
        self._wait_for(f"document.activeElement.matches({selector!r})")
        self._ask("Input.insertText", text=text)

    def _choose_files(self, selector, *contents):
        """Choose files, as the camera of the telephone gives them."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        paths = []
        for number, content in enumerate(contents):
            path = Path(folder) / f"IMG_{number}.jpg"
            path.write_bytes(content)
            paths.append(str(path))
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        node = self._ask("DOM.querySelector", nodeId=root, selector=selector)
        self._ask("DOM.setFileInputFiles", files=paths, nodeId=node["nodeId"])


def get_axe() -> str:
    """Return the source of the checker of accessibility, where it was installed.

    ``./dev test`` fetches it with the other tools in JavaScript.
    """
    path = os.environ.get("COMPLAINT_AXE")
    return Path(path).read_text() if path else ""
