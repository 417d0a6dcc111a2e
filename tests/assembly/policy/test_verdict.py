"""The connectives of three-valued logic, and that they are monotone."""

from itertools import product

import pytest

from assembly.policy.verdict import agreed, all_of, any_of, chosen, negated

VALUES = (True, False, None)


def settled(verdict):
    """What an unknown may turn out to be."""
    return (True, False) if verdict is None else (verdict,)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_and_and_or_are_what_every_outcome_of_the_unknown_allows(count):
    for verdicts in product(VALUES, repeat=count):
        outcomes = list(product(*map(settled, verdicts)))
        ands, ors = {all(one) for one in outcomes}, {any(one) for one in outcomes}
        assert all_of(verdicts) is (ands.pop() if len(ands) == 1 else None)
        assert any_of(verdicts) is (ors.pop() if len(ors) == 1 else None)


def test_not():
    assert [negated(value) for value in VALUES] == [False, True, None]


@pytest.mark.parametrize("connective", [lambda *v: all_of(v), lambda *v: any_of(v), lambda a, b, c: chosen(a, b, c)])
def test_more_knowledge_never_changes_a_known_answer(connective):
    for verdicts in product(VALUES, repeat=3):
        before = connective(*verdicts)
        for known in product(*map(settled, verdicts)):
            assert before is None or connective(*known) is before


def test_agreed_is_known_only_when_both_say_the_same():
    assert agreed(True, True) is True
    assert agreed(False, False) is False
    assert {agreed(a, b) for a, b in product(VALUES, VALUES) if a is not b} == {None}


def test_chosen():
    assert chosen(True, True, False) is True
    assert chosen(False, True, False) is False
    assert chosen(None, True, True) is True
    assert chosen(None, True, False) is None
