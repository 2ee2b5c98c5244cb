from . import complaint_remedy, complaint_remedy_type, repair_order
