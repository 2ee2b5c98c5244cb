from . import (
    complaint_remedy,
    complaint_remedy_type,
    stock_move,
    stock_picking,
    stock_warehouse,
)
