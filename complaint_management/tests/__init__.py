from . import test_complaint_number
from . import test_working_time
