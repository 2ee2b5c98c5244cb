from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ComplaintCommon

REPORT = "complaint_management.complaint_complaint_report"


@tagged("post_install", "-at_install")
class TestComplaintRecord(HttpCase, ComplaintCommon):
    """The printed record tells the case, and no name that its reader may not know."""

    freeze_time = None

    def _render(self, complaint, user, report_type="html"):
        report = self.env["ir.actions.report"].with_user(user)
        report = report.with_context(force_report_rendering=report_type == "pdf")
        render = getattr(report, f"_render_qweb_{report_type}")
        return render(REPORT, complaint.ids)[0]

    # wkhtmltopdf without Qt patches warns that it ignores headers: we have none.
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_pdf(self):
        """A real PDF comes out, of an open and of a reopened case."""
        complaint = self._create_accepted(
            subject="维修后刹车异响", description="<p>修了两次还是响</p>"
        )
        self.assertEqual(self._render(complaint, self.handler, "pdf")[:4], b"%PDF")
        self._close(complaint)
        self._reopen(complaint)
        self.assertEqual(self._render(complaint, self.office, "pdf")[:4], b"%PDF")

    def test_content(self):
        """Number, subject, parties, opinion and end stand on the paper."""
        complaint = self._create_accepted(demand="New brakes")
        complaint.lead_assignment_id.opinion = "<p>Pads are worn</p>"
        self._close(complaint)
        html = self._render(complaint, self.handler).decode()
        for text in (
            complaint.name,
            "Brakes squeal after repair",
            "Wang Fang",
            "New brakes",
            "Pads are worn",
            "The brakes were replaced.",
            "Dalian Motors",
        ):
            self.assertIn(text, html)

    def test_confidential(self):
        """A confidential complainant is printed for the office only."""
        complaint = self._create_accepted(contact_confidential=True)
        html = self._render(complaint, self.handler).decode()
        self.assertNotIn("Wang Fang", html)
        self.assertNotIn("13900001111", html)
        self.assertIn("Confidential", html)
        # even when the rows are in the cache already
        complaint.party_ids.mapped("name")
        self.assertNotIn("Wang Fang", self._render(complaint, self.handler).decode())
        self.assertIn("Wang Fang", self._render(complaint, self.office).decode())
