"""A way to PostgreSQL that breaks at a commit, as a cable does: before it, or after it."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = ".s.PGSQL.5432"


class Cable:
    """Between programs and a server; the next `cuts` commits that come along cut their connection."""

    def __init__(self, server: Path, listener: socket.socket, *, after: bool) -> None:
        """Lead to a server's socket. `after`: the server gets the commit, and its answer is lost."""
        self.cuts = 0
        self._server = server
        self._listener = listener
        self._after = after

    def take(self) -> None:
        """Take connections until nobody listens any more."""
        with suppress(OSError):
            while True:
                program, _ = self._listener.accept()
                threading.Thread(target=self._lead, args=(program,), daemon=True).start()

    def _lead(self, program: socket.socket) -> None:
        with suppress(OSError), program, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            while True:
                for end in select.select([program, server], [], [])[0]:
                    said = end.recv(65536)
                    if not said or (end is program and self._is_cut(said, server)):
                        return
                    (server if end is program else program).sendall(said)

    def _is_cut(self, said: bytes, server: socket.socket) -> bool:
        if b"COMMIT" not in said or not self.cuts:
            return False
        self.cuts -= 1
        if self._after:
            server.sendall(said)
            server.recv(65536)
        return True


@contextmanager
def cable(folder: Path, *, after: bool) -> Iterator[tuple[Cable, Path]]:
    """Lay a cable to the server whose socket is in a folder; it, and the folder of its own socket."""
    place = folder / f"cable-{after}"
    place.mkdir(exist_ok=True)
    (place / NAME).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place / NAME))
        listener.listen()
        laid = Cable(folder / NAME, listener, after=after)
        taking = threading.Thread(target=laid.take)
        taking.start()
        try:
            yield laid, place
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            taking.join()
