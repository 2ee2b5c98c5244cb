from . import (
    complaint_case,
    complaint_feedback,
    complaint_portal,
    complaint_public_page,
)
