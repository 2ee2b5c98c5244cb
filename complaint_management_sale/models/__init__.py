from . import complaint_remedy, complaint_remedy_type, sale_order
