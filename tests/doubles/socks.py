"""A SOCKS5 proxy on loopback, with user and password (RFC 1928, RFC 1929).

It resolves names by itself: each leads to the one `target` port, so that a test sees which were asked for.
"""

import socket
import threading

CONNECT, BY_NAME, REFUSED = 1, 3, b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"


class Socks:
    """A SOCKS5 proxy that leads every connection to one port.

    `asked`: (host, port) of each connection; the host is a name only where the client left resolving to us.
    """

    def __init__(self, target: int, user: str = "", word: str = "") -> None:
        self.target, self.login = target, (user.encode(), word.encode())
        self.asked: list[tuple[str, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Socks":
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with link, link.makefile("rb") as said:
            methods = said.read(said.read(2)[1])
            wanted = 2 if self.login[0] else 0
            link.sendall(bytes([5, wanted if wanted in methods else 255]))
            if wanted not in methods:
                return
            if wanted:
                said.read(1)
                given = (said.read(said.read(1)[0]), said.read(said.read(1)[0]))
                link.sendall(bytes([1, given != self.login]))
                if given != self.login:
                    return
            _, command, _, kind = said.read(4)
            if command != CONNECT or kind != BY_NAME:
                link.sendall(REFUSED)
                return
            self.asked.append((said.read(said.read(1)[0]).decode(), int.from_bytes(said.read(2))))
            with socket.create_connection(("127.0.0.1", self.target)) as behind:
                link.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
                threading.Thread(target=_pump, args=(behind, link), daemon=True).start()
                _pump(link, behind)


def _pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        return
