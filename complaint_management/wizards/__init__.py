from . import (
    complaint_assignment_refuse,
    complaint_close,
    complaint_deadline_apply,
    complaint_deadline_extend,
    complaint_escalate,
    complaint_hand_over,
    complaint_merge,
    complaint_policy_import,
    complaint_policy_import_line,
    complaint_policy_import_role,
    complaint_reopen,
    complaint_severity_set,
)
