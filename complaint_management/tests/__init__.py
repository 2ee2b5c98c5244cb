from . import test_complaint_number
