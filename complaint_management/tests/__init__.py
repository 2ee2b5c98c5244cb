from . import (
    test_complaint_number,
    test_complaint_register,
    test_js,
    test_reports,
    test_tools,
    test_ui_complaint,
)
