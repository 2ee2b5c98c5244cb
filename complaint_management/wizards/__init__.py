from . import (
    complaint_assignment_refuse,
    complaint_close,
    complaint_deadline_extend,
    complaint_merge,
    complaint_reopen,
    complaint_severity_set,
)
