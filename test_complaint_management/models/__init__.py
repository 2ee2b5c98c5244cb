from . import complaint_remedy, complaint_remedy_type, test_complaint_document
