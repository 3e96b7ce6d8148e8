"""Who a call comes from."""

from tests.people import STS, Person


def test_a_caller_learns_who_it_is(alice: Person, bob: Person) -> None:
    """Every key is its account's own."""
    answers = {person.id: person.call("GetCallerIdentity", version=STS) for person in (alice, bob)}

    for account, answer in answers.items():
        del answer["RequestId"]
        assert answer == {
            "IdentityType": "Account",
            "AccountId": account,
            "PrincipalId": account,
            "UserId": account,
            "Arn": f"acs:ram::{account}:root",
        }
