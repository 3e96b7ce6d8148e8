"""What the audit trail is told of a call: each change, and each refusal that is somebody's."""

from localyun.clock import Instant
from localyun.model import AccessKey, AuditEntry, Caller, Session
from localyun.model.audit import without_secrets
from localyun.spec.declare import Answer, Operation
from localyun.spec.faults import ApiError
from localyun.store.interface import Transaction
from localyun.wire.call import Call

LONGEST_AGENT = 256


class Witness:
    """Sees one call go by, as far as it gets, and tells the trail how it ended."""

    __slots__ = ("_call", "_now", "_tx", "caller", "operation")

    def __init__(self, call: Call, tx: Transaction, now: Instant) -> None:
        """Watch a call."""
        self._call = call
        self._tx = tx
        self._now = now
        self.caller: Caller | None = None
        self.operation: Operation | None = None

    def succeeded(self, answer: Answer) -> None:
        """Record a call that changed something; one that only read isn't recorded."""
        if self.caller and self.operation and self.operation.changes:
            self._tx.record(self._entry(self.caller, getattr(answer, "image_id", "")))

    def refused(self, error: ApiError) -> None:
        """Record a refusal in the trail of whoever called, or of whoever's key was named."""
        caller = self.caller or self._named()
        if caller is not None:
            self._tx.record(self._entry(caller, "", error))

    def _named(self) -> Caller | None:
        """Return whose key the call names, though it didn't prove to be theirs. None if it is nobody's."""
        id = self._call.access_key_id
        key = (self._tx.get(AccessKey, id) or self._tx.get(Session, id)) if id else None
        return Caller(account=key.account, access_key=id) if key else None

    def _entry(self, caller: Caller, made: object, error: ApiError | None = None) -> AuditEntry:
        call, headers, given = self._call, self._call.raw.headers, self._call.parameters
        operation = self.operation
        return AuditEntry(
            id=call.id,
            at=self._now,
            account=caller.account,
            access_key=caller.access_key,
            service=operation.product if operation else "",
            action=call.action[:128],
            version=call.version[:32],
            user=caller.user,
            session=caller.session.arn if caller.session else "",
            address=call.raw.client,
            agent=headers.get("user-agent", "")[:LONGEST_AGENT],
            region=given.get("RegionId", "")[:32],
            image=given.get("ImageId", "")[:128] or (made if isinstance(made, str) else ""),
            reads=not (operation and operation.changes),
            code=error.code if error else "",
            message=error.message if error else "",
            because=error.because if error else "",
            parameters=without_secrets(given),
        )
