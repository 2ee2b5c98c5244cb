"""Seats: who sits where is found once, and what may be undone is not remembered."""

from odoo.tests import tagged

from .common import ComplaintCommon


class Undo(Exception):
    """Takes a savepoint back."""


@tagged("post_install", "-at_install")
class TestSeat(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seats = cls.env["complaint.access"]
        cls.newcomer = cls._create_user("newcomer", "handler", cls.sales)

    def _commit(self):
        """Let what this transaction has made count as kept."""
        self.env.cr.cache.pop("complaint_fresh_seats", None)

    def test_known_seat_costs_no_query(self):
        seat = self.seats._get_seats(self.newcomer)
        self._commit()
        self.assertEqual(self.seats._get_seats(self.newcomer), seat)
        self.env.invalidate_all()
        with self.assertQueryCount(0):
            self.assertEqual(self.seats._get_seats(self.newcomer), seat)

    def test_fresh_seat_is_looked_up(self):
        """Another transaction must not see what this one may still undo."""
        self.seats._get_seats(self.newcomer)
        self.seats._get_seats(self.newcomer)
        known = self.seats._get_known_seats()
        self.assertNotIn(("user_id", self.newcomer.id), known)

    def test_seat_that_was_undone_is_made_again(self):
        with self.assertRaises(Undo), self.env.cr.savepoint():
            gone = self.seats._get_seats(self.newcomer)
            self.seats._get_seats(self.newcomer)
            raise Undo
        seat = self.seats._get_seats(self.newcomer)
        self.assertTrue(seat.exists())
        self.assertNotEqual(seat, gone)
        self.assertEqual(seat.user_ids, self.newcomer)

    def test_each_owner_has_one_seat(self):
        owners = (self.newcomer, self.sales, self.policy)
        seats = [self.seats._get_seats(owner) for owner in owners]
        self._commit()
        self.assertEqual([self.seats._get_seats(owner) for owner in owners], seats)
        self.assertEqual(len(self.seats.concat(*seats)), 3)
        self.assertEqual(seats[2].user_ids, self.office)

    def test_seat_goes_with_its_owner(self):
        department = self._create_department("Short-lived")
        seat = self.seats._get_seats(department)
        department.unlink()
        self.assertFalse(seat.exists())
