from . import (
    test_complaint_assignment,
    test_complaint_assignment_template,
    test_complaint_close,
    test_complaint_number,
    test_complaint_register,
    test_complaint_routing,
    test_complaint_stage,
    test_js,
    test_reports,
    test_tools,
    test_ui_complaint,
    test_working_time,
)
