from odoo.tests import HttpCase, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintUi(HttpCase, ComplaintCommon):
    """A new user's first hour, in Chromium."""

    freeze_time = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality.name = "Quality"
        cls.policy.channel_ids = cls.env.ref(
            "complaint_management.complaint_channel_telephone"
        )
        cls.caller = cls.env["res.partner"].create(
            {"name": "Wang Fang", "phone": "0411-8888 1234"}
        )
        cls._create_complaint(
            user=cls.office,
            subject="Squealing again",
            contact_name=False,
            contact_phone=False,
            contact_partner_id=cls.caller.id,
        )

    def test_register_handle_find(self):
        """Register by telephone, hand over, accept, note the finding, close, find."""
        self.start_tour("/odoo/complaints", "complaint_register", login="office")
        complaint = self.env["complaint.complaint"].search(
            [("subject", "=", "Brakes squeal")]
        )
        self.assertEqual(complaint.department_id, self.sales)
        self.assertEqual(complaint.party_ids.partner_id, self.caller)
        self.start_tour(
            "/odoo/complaints-to-accept", "complaint_handle", login="other_handler"
        )
        self.assertTrue(complaint.is_closed)
        self.assertEqual(complaint.handler_id, self.other_handler)
        self.assertIn("pads are worn", complaint.lead_assignment_id.opinion)
        self.start_tour(
            "/odoo/complaints?view_type=list", "complaint_find", login="office"
        )
