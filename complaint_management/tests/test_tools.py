from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..tools.contact import phone_key
from ..tools.delay import add_calendar_delay


@tagged("post_install", "-at_install")
class TestPhoneKey(BaseCase):
    def test_spellings_agree(self):
        for spelling in (
            "041188880000",
            "0411-8888 0000",
            "(0411) 88880000",
            "+86 411 8888 0000",
            "+86 (0)411 8888-0000",
            "0086 411 88880000",
            "０４１１－８８８８００００",
            "0411-88880000 ext. 12",
            "0411-88880000 转 12",
            "0411-88880000#12",
        ):
            self.assertEqual(phone_key(spelling), "41188880000", spelling)

    def test_mobile_numbers(self):
        self.assertEqual(phone_key("+86 139 0000 1111"), "13900001111")
        self.assertEqual(phone_key("139-0000-1111"), "13900001111")

    def test_other_countries(self):
        self.assertEqual(phone_key("+49 30 1234", 49), "301234")
        self.assertEqual(phone_key("0049 30 1234", 49), "301234")
        self.assertEqual(phone_key("030 1234", 49), "301234")
        self.assertEqual(phone_key("+1 415 555 0100", 49), "14155550100")

    def test_nothing(self):
        for text in (None, False, "", "  ", "no phone", "+"):
            self.assertIsNone(phone_key(text))


@tagged("post_install", "-at_install")
class TestCalendarDelay(BaseCase):
    def _add(self, start, count, unit, tz="Europe/Berlin"):
        return add_calendar_delay(start, count, unit, tz)

    def test_days_keep_the_local_hour(self):
        start = datetime(2026, 10, 24, 7, 0)  # 09:00 in summer time
        self.assertEqual(self._add(start, 1, "days"), datetime(2026, 10, 25, 8, 0))
        self.assertEqual(self._add(start, 24, "hours"), datetime(2026, 10, 25, 7, 0))

    def test_months_are_calendar_months(self):
        start = datetime(2026, 1, 31, 4, 0)
        end = datetime(2026, 2, 28, 4, 0)
        self.assertEqual(self._add(start, 1, "months", "Asia/Shanghai"), end)

    def test_back_in_time(self):
        start = datetime(2026, 3, 2, 4, 0)
        end = datetime(2026, 2, 23, 4, 0)
        self.assertEqual(self._add(start, -1, "weeks", "Asia/Shanghai"), end)
