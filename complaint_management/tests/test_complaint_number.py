from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestComplaintNumber(ComplaintCommon):
    def test_smoke(self):
        complaint = self._create_complaint()
        self.assertEqual(complaint.name, "DM/2026/00001")
        self.assertEqual(complaint.complainant_name, "Wang Fang")
        accepted = self._create_accepted()
        self.assertEqual(accepted.handler_id, self.handler)
        self._close(accepted)
        self.assertTrue(accepted.is_closed)
        self._reopen(accepted)
        self.assertEqual(accepted.round_number, 2)

    def test_queries(self):
        def create(count):
            vals = [self._prepare_complaint(category_id=self.brakes.id) for i in range(count)]
            self.env["complaint.complaint"].with_user(self.registrar).create(vals)

        print("Q/record", self._measure_queries_per_record(create))
