from . import (
    complaint_case,
    complaint_feedback,
    complaint_mail_link,
    complaint_portal,
    complaint_public_page,
)
