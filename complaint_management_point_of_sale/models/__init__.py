from . import complaint_feedback_link
from . import complaint_origin_mixin
from . import pos_config
from . import pos_order
from . import pos_order_line
from . import res_config_settings
