"""Killing a server at any moment, over and over, while clients are at work."""

from pathlib import Path
from random import Random

from localyun.accounts import Credentials
from tests.durability.servers import HONEST, serving
from tests.faults.load import Load

IMAGES = [f"m-bp1fault{n}" for n in range(6)]


def killed(data: Path, people: list[Credentials], *, rounds: int, seed: str, code: str = HONEST) -> Load:
    """Put load on a server and kill it, so many times, each after another number of answers."""
    chance = Random(seed)
    ports: list[int] = []
    load = Load(lambda: ports[-1], people, IMAGES, seed)
    for round_ in range(rounds + 1):
        with serving(data, "--time-scale", "0", code=code) as server:
            ports.append(server.port)
            if round_:
                load.settle()
            if round_ < rounds:
                load.begin()
                for _ in range(chance.randrange(1, 200)):
                    load.answers.acquire(timeout=60)
                load.stop.wait(chance.random() / 200)
                server.kill()
                load.end()
    return load
