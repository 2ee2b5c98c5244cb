from . import (
    account_move,
    account_payment,
    complaint_feedback_mixin,
    complaint_remedy,
    complaint_remedy_type,
)
