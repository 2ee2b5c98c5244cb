"""A tiny router for `./dev run --workers`: what a web server does in production.

In prefork mode Odoo answers pages and websockets on different ports.  The first
request of a connection decides where the connection goes; browsers never use one
connection for both.
"""

import asyncio
import contextlib
import threading

HEAD_LIMIT = 65536


class Router:
    """Forwards connections from one port, by the path of their first request."""

    def __init__(self, port, default, routes):
        self.port = port
        self.default = default
        self.routes = routes
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.ready = threading.Event()

    def start(self):
        """Serve in a thread, and return when connections are accepted."""
        self.thread.start()
        self.ready.wait(10)

    def stop(self):
        """Drop all connections."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def target(self, head):
        """Return the port for a request that begins with the bytes `head`."""
        words = head.split(b" ", 2)
        path = words[1].decode("latin-1") if len(words) == 3 else "/"
        for prefix, port in self.routes.items():
            if path.split("?")[0] == prefix or path.startswith(prefix + "/"):
                return port
        return self.default

    def _serve(self):
        asyncio.set_event_loop(self.loop)
        serving = asyncio.start_server(
            self._connection, "127.0.0.1", self.port, limit=HEAD_LIMIT
        )
        self.loop.run_until_complete(serving)
        self.ready.set()
        self.loop.run_forever()
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    async def _connection(self, reader, writer):
        with contextlib.suppress(OSError, asyncio.CancelledError):
            head = await reader.readline()
            there = await asyncio.open_connection("127.0.0.1", self.target(head))
            there[1].write(head)
            await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        writer.close()


async def _pump(reader, writer):
    """Copy bytes until the end, then tell the other side."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()
