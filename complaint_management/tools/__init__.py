from . import (
    code,
    contact,
    delay,
    events,
    policy_diff,
    public_text,
    qr,
    token,
    upload,
    working_time,
)
