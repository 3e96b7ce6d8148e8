"""Two hosts with a server each, behind a balancer, on one PostgreSQL: as one, also when one is cut off."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from localyun.accounts import Credentials
from tests.durability.servers import HONEST, SUCCESS, Client, serving
from tests.durability.test_shared_database import inhabited
from tests.faults.kills import IMAGES
from tests.faults.load import UNAVAILABLE, Load, told
from tests.faults.places import version_of
from tests.faults.relay import Balancer, Line, relaying
from tests.faults.report import Figures
from tests.store.postgres import server

HOSTS = {"localyun-1": "10.213.1", "localyun-2": "10.213.2"}
"""Network namespaces, and the networks in which each has the address 2, and this host the address 1."""
DARK_SECONDS = 14
"""How long a host is cut off: longer than a connection waits for a sign of life."""


def ip(*words: str) -> None:
    """Change the network."""
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def hosts() -> Iterator[None]:
    """Hosts of their own on this machine."""
    try:
        for number, (name, network) in enumerate(HOSTS.items()):
            ip("netns", "add", name)
            ip("link", "add", f"lyun{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            ip("addr", "add", f"{network}.1/24", "dev", f"lyun{number}")
            ip("link", "set", f"lyun{number}", "up")
            ip("-n", name, "addr", "add", f"{network}.2/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("-n", name, "link", "set", "lo", "up")
        yield
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("no network namespaces can be made here: it takes root and iproute2")
    finally:
        for number, name in enumerate(HOSTS):
            for words in (["link", "delete", f"lyun{number}"], ["netns", "delete", name]):
                subprocess.run(["ip", *words], capture_output=True, check=False)


@dataclass
class Site:
    """Two hosts that serve, by their ports, and what stands before and behind them."""

    people: list[Credentials]
    url: str
    balancer: Balancer
    direct: list[Line]


@pytest.fixture
def site(hosts: None) -> Iterator[Site]:
    """Both hosts, each with two processes, on one database."""
    url = server().new_database()
    people = inhabited(url, *IMAGES)
    folder = server().folder
    with ExitStack() as stack:
        places, direct = [], []
        for name, network in HOSTS.items():
            line = Line(lambda: asyncio.open_unix_connection(str(folder / ".s.PGSQL.5432")), f"{network}.1")
            stack.enter_context(relaying(line))
            there = url.replace(f"host={folder}", f"host={network}.1&port={line.port}")
            options = ("--host", f"{network}.2", "--workers", "2", "--time-scale", "0")
            started = serving(there, *options, under=["ip", "netns", "exec", name])
            places.append((f"{network}.2", stack.enter_context(started).port))
            direct.append(Line(lambda place=places[-1]: asyncio.open_connection(*place)))
            stack.enter_context(relaying(direct[-1]))
        balancer = Balancer(places)
        stack.enter_context(relaying(balancer))
        yield Site(people, url, balancer, direct)


def test_hosts_answer_as_one(site: Site, write: Callable[..., None]) -> None:
    """Nonces, ClientTokens, the quota and a reset hold across them."""
    owner, user = site.people[:2]
    image = IMAGES[0]
    wrong: list[str] = []
    calls = 0
    with ExitStack() as stack, ThreadPoolExecutor(8) as threads:
        ours = [stack.enter_context(Client(line.port, owner)) for line in site.direct]
        users = [stack.enter_context(Client(line.port, user)) for line in site.direct * 4]
        assert told(ours[0].share(image, user.id)) == SUCCESS
        for n in range(20):
            replayed = ours[0].signed("ModifyImageSharePermission", ImageId=image, AddAccount_1=str(700 + n))
            codes = sorted(ours[(n + k) % 2].send(replayed).code for k in range(3))
            if codes != ["", "SignatureNonceUsed", "SignatureNonceUsed"]:
                wrong.append(f"one nonce was answered {codes}")
            asked = {"ImageId": image, "InstanceType": "ecs.g7.large", "ClientToken": f"token-{n}"}
            replies = list(
                threads.map(lambda who, asked=asked: who.send(who.signed("RunInstances", **asked)), users)
            )
            made = {
                tuple(reply.body["InstanceIdSets"]["InstanceIdSet"])
                for reply in replies
                if told(reply) == SUCCESS
            }
            if len(made) != 1:
                wrong.append(f"one ClientToken made {made}")
            calls += 3 + len(replies)

        places = [str(900 + n) for n in range(60)]
        at = [stack.enter_context(Client(site.direct[n % 2].port, owner)) for n in range(6)]
        outcomes = list(
            threads.map(lambda n: [told(at[n].share(IMAGES[1], each)) for each in places[n::6]], range(6))
        )
        taken = sum(some.count(SUCCESS) for some in outcomes)
        if taken != 50 or len(ours[1].shares(IMAGES[1])) != 50:
            wrong.append(f"the quota of 50 let {taken} in")
        calls += 60

        reset = [sys.executable, "-c", HONEST, "reset", "--yes", "--database-url", site.url]
        subprocess.run(reset, check=True, capture_output=True)
        for one in ours:
            call = one.signed("DescribeImageSharePermission", ImageId=image)
            if (code := one.send(call).code) != "InvalidAccessKeyId.NotFound":
                wrong.append(f"after a reset: {code}")
            calls += 1

    write(Figures("two hosts as one", 20, calls, 0, 0, "", version_of(site.url)), wrong)


@pytest.mark.timeout(300)
def test_a_host_that_is_cut_off_loses_and_doubles_nothing(site: Site, write: Callable[..., None]) -> None:
    """No packet passes, in either direction; then the cable is put back."""
    load = Load(lambda: site.balancer.port, site.people, IMAGES, "dark", clients=6, tolerant=True, pause=0.1)
    for number in range(2):
        load.begin()
        time.sleep(1)
        ip("link", "set", f"lyun{number}", "down")
        time.sleep(DARK_SECONDS)
        ip("link", "set", f"lyun{number}", "up")
        time.sleep(3)
        load.end()
        load.settle()

    lost = load.unanswered + load.outcomes[UNAVAILABLE]
    measured = f"{DARK_SECONDS} s each, slowest answer {max(load.latencies):.0f} s"
    figures = Figures(
        "a host's network cut, two hosts", 2, load.calls, lost, 0, measured, version_of(site.url)
    )
    write(figures, load.violations)
