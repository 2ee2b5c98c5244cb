from . import contact, delay, events
