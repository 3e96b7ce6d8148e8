"""The sharing story, played on a real server with the provider's own SDKs: `localyun demo`."""

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from rich.console import Console

from localyun import accounts
from localyun.app import App
from localyun.config import Settings
from localyun.demo.stage import Stage, Unexpected
from localyun.store.sqlite import SqliteStore
from localyun.web.background import running

SDKS = ("alibabacloud_ecs20140526", "aliyunsdkcore", "aliyunsdkecs")
REGION = "cn-hangzhou"
PARTNERS = 50
"""Further accounts: as many as an image may be shared with."""
TIME_SCALE = 0.5
"""Everything takes half of the usual moment: long enough to see the states in between."""


def play(console: Console) -> int:
    """Play the story and narrate it; 0 when every outcome was as told, else 1."""
    if not all(map(find_spec, SDKS)):
        console.print("The demo calls with the provider's SDKs: pip install 'localyun[demo]'", markup=False)
        return 1
    from localyun.demo.people import Person, V1Sdk, V2Sdk  # noqa: PLC0415 - only when the SDKs are there
    from localyun.demo.story import Story  # noqa: PLC0415 - as above

    started = monotonic()
    with TemporaryDirectory(prefix="localyun-demo-") as directory:
        app = App(store=SqliteStore(Path(directory)), settings=Settings(time_scale=TIME_SCALE))
        try:
            alice, bob, mallory, *partners = make_accounts(app)
            with running(app) as address:
                stage = Stage(console, {who.id: who.name for who in (alice, bob, mallory)})
                people = (
                    Person(alice, V2Sdk(alice, address, REGION), stage),
                    Person(bob, V1Sdk(bob, address, REGION), stage),
                    Person(mallory, V1Sdk(mallory, address, REGION), stage),
                )
                stage.introduce(f"localyun at http://{address}", people)
                try:
                    Story(stage, *people, [partner.id for partner in partners]).tell()
                except Unexpected as error:
                    stage.fails(error)
                    return 1
        finally:
            app.store.close()
    stage.ends(monotonic() - started)
    return 0


def make_accounts(app: App) -> list[accounts.Credentials]:
    """Make alice, bob and mallory, and partners for alice to share with."""
    accounts.make_first_accounts(app.store, app.ids, app.clock.now())
    for number in range(1, PARTNERS + 1):
        accounts.create(app.store, app.ids, app.clock.now(), f"partner-{number}")
    return accounts.listed(app.store, app.clock.now())
