from . import complaint_feedback, complaint_public_page
