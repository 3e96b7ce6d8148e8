"""The explorer: find an operation, fill in its form, send it as somebody, and see the whole call."""

import msgspec

from localyun.accounts import Credentials, credentials
from localyun.console import forms
from localyun.console.calls import Sent, sent, signed
from localyun.console.site import NAVIGATION, Names, Site
from localyun.console.steps import on_the_wire, v1_steps, v3_steps
from localyun.console.trouble import explained
from localyun.console.visit import CONSOLE, ERRORS, Form, Page, Visit
from localyun.model import Image
from localyun.reference import TITLES, raised
from localyun.samples.clients import REGION, Aim
from localyun.samples.described import Described
from localyun.samples.languages import Sample, written
from localyun.spec import errors
from localyun.spec.declare import Operation
from localyun.spec.faults import ErrorSpec
from localyun.spec.support import Support

MOST_FOUND = 200
"""How many images can be found by Ctrl-K."""


def listing(site: Site, visit: Visit) -> Page:
    """Every operation, by product."""
    products: dict[str, list[Operation]] = {}
    for operation in sorted(site.app.operations.operations, key=lambda one: one.name):
        products.setdefault(operation.product, []).append(operation)
    return site.page(visit, "explorer.html", here="explorer", products=products, titles=TITLES)


def palette(site: Site, visit: Visit) -> Page:
    """Everything that Ctrl-K finds, as JSON."""
    app, t = site.app, visit.t
    with app.store.reading(app.clock.wall()) as tx:
        images = tx.find(Image, limit=MOST_FOUND)
    codes = sorted(
        {row.code for row in vars(errors).values() if isinstance(row, ErrorSpec) and "%s" not in row.code}
    )
    found = [
        *((t(title), t("page"), address) for _, title, address in NAVIGATION),
        *((one.name, one.product, _address(one)) for one in app.operations.operations),
        *((f"{one.name} {one.id}".strip(), t("image"), f"{CONSOLE}images/{one.id}") for one in images),
        *((code, t("error"), f"{ERRORS}{code}") for code in codes),
    ]
    listed = [{"title": title, "kind": kind, "address": address} for title, kind, address in found]
    return Page(body=msgspec.json.encode(listed), media_type="application/json")


def form(site: Site, visit: Visit) -> Page:
    """The form of an operation, filled in by the query."""
    return _page(site, visit, visit.query)


def act(site: Site, visit: Visit) -> Page:
    """Send the call; `preview` only writes it."""
    return _page(site, visit, visit.form, sends=visit.form.get("do") == "send")


def _page(site: Site, visit: Visit, filled: Form, *, sends: bool = False) -> Page:
    app = site.app
    operation = app.operations.find(visit.named["version"], visit.named["action"])
    if operation is None:
        return site.page(visit, "operation_gone.html", here="explorer", status=404)
    given = forms.parameters(operation, filled.pairs)
    if not filled.pairs and "RegionId" in operation.fields_by_name:
        given["RegionId"] = REGION
    region = given.get("RegionId", REGION)
    emulated, accepted = (forms.inputs(operation, given, level) for level in (Support.FULL, Support.ACCEPTED))
    with app.store.reading(app.clock.wall()) as tx:
        names = Names(tx)
        chosen = filled.get("as") or filled.get("by")
        caller = next(
            (one.id for one in names.accounts if one.id == chosen),
            names.accounts[0].id if names.accounts else "",
        )
        key = credentials(tx, caller) if caller else None
        wanted = dict.fromkeys(forms.sources((*emulated, *accepted)))
        suggested = {source: forms.existing(tx, source, caller, region, visit.language) for source in wanted}
    signing, format = filled.get("signing", "V3"), filled.get("format", "JSON")
    result = None
    if key and sends:
        raw = signed(
            app,
            key,
            visit.endpoint,
            operation.name,
            visit.named["version"],
            given,
            v1=signing == "V1",
            format="XML" if format == "XML" else "JSON",
        )
        result = sent(app, raw)
    return site.page(
        visit,
        "operation.html",
        here="explorer",
        operation=operation,
        emulated=emulated,
        accepted=accepted,
        refused=forms.refused(operation),
        suggested=suggested,
        names=names,
        caller=caller,
        signing=signing,
        format=format,
        given=given,
        result=result,
        explained=explained(result.reply.code, visit.language) if result and not result.succeeded else None,
        written=_written(site, visit, key, operation, given, result),
        samples=_samples(site, visit, key, operation, given),
        raised=raised(operation),
        title=TITLES.get(operation.product, operation.product),
    )


def _written(
    site: Site,
    visit: Visit,
    key: Credentials | None,
    operation: Operation,
    given: dict[str, str],
    result: Sent | None,
) -> dict[str, object]:
    """How the call looks when it is signed, both ways; the one that was sent, if it is one of them."""
    if key is None:
        return {}
    written: dict[str, object] = {}
    for way, steps in (("V3", v3_steps), ("V1", v1_steps)):
        raw = signed(
            site.app, key, visit.endpoint, operation.name, visit.named["version"], given, v1=way == "V1"
        )
        if result and ("authorization" in result.raw.headers) == (way == "V3"):
            raw = result.raw
        written[way] = {"request": on_the_wire(raw), "steps": steps(raw, key.access_key_secret)}
    return written


def _samples(
    site: Site, visit: Visit, key: Credentials | None, operation: Operation, given: dict[str, str]
) -> list[Sample]:
    """The call in every language, as the chosen account."""
    if key is None:
        return []
    aim = Aim(visit.endpoint, key.access_key_id, key.access_key_secret)
    version = visit.named["version"]
    call = Described(operation=operation, version=version, parameters=given, aim=aim)
    return written(call, site.app.clock)


def _address(operation: Operation) -> str:
    return f"{CONSOLE}explorer/{operation.versions[0]}/{operation.name}"
