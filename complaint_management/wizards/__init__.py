from . import (
    complaint_assignment_refuse,
    complaint_close,
    complaint_deadline_extend,
    complaint_hand_over,
    complaint_merge,
    complaint_reopen,
    complaint_severity_set,
)
