"""Where the router of `./dev run --workers` sends a connection."""

import socket
import threading
import unittest

from devtools.instance import free_port
from devtools.router import Router


def answering(text):
    """Start a server that answers each connection once; return its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(text)

    threading.Thread(target=serve, daemon=True).start()
    return listener, listener.getsockname()[1]


class TestRouter(unittest.TestCase):
    def test_target(self):
        router = Router(0, 1, {"/websocket": 2})
        self.addCleanup(router.loop.close)
        for path, port in (
            *(("/websocket", 2), ("/websocket?version=1", 2), ("/websocket/health", 2)),
            *(("/", 1), ("/websockets", 1), ("/web/login?next=/websocket", 1)),
        ):
            head = f"GET {path} HTTP/1.1\r\n".encode()
            self.assertEqual(router.target(head), port, path)
        self.assertEqual(router.target(b""), 1)

    def test_forwarding(self):
        pages, page_port = answering(b"page")
        sockets, socket_port = answering(b"socket")
        port = free_port()
        router = Router(port, page_port, {"/websocket": socket_port})
        router.start()
        try:
            for path, expected in ((b"/a", b"page"), (b"/websocket", b"socket")):
                with socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.sendall(b"GET " + path + b" HTTP/1.1\r\n\r\n")
                    self.assertEqual(client.recv(100), expected)
        finally:
            router.stop()
            pages.close()
            sockets.close()
