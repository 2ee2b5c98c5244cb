from . import test_complaint_number
from . import test_working_time
from . import test_deadline
from . import test_deadline_explanation
from . import test_deadline_life
from . import test_deadline_matching
from . import test_escalation
from . import test_escalation_scheduler
