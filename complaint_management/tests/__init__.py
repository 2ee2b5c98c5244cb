from . import (
    test_complaint_assignment,
    test_complaint_assignment_template,
    test_complaint_close,
    test_complaint_event,
    test_complaint_mail,
    test_complaint_number,
    test_complaint_policy,
    test_complaint_register,
    test_complaint_routing,
    test_complaint_severity,
    test_complaint_stage,
    test_deadline,
    test_deadline_explanation,
    test_deadline_life,
    test_deadline_matching,
    test_escalation,
    test_escalation_scheduler,
    test_js,
    test_reports,
    test_tools,
    test_ui_complaint,
    test_working_time,
)
from . import test_policy_check
from . import test_policy_file
from . import test_approval
from . import test_calendar
