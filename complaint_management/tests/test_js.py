from odoo.tests import tagged

from odoo.addons.web.tests.test_js import HOOTCommon, unit_test_error_checker


@tagged("-at_install", "post_install")
class TestComplaintJs(HOOTCommon):
    def test_hoot(self):
        """The unit tests of the field widgets pass in Chromium."""
        suite = self._generate_hash("@complaint_management")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )
