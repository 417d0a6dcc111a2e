import json
from datetime import date

import pytest

from accounts.budgets import Budgets
from assembly.check import check

BUDGETS = Budgets(
    organization=20000,
    cells={"dev": 300, "prod": 3000},
    products={"acme-crm": {"prod": 5000}},
    anomaly=250,
    notify=("billing@example.com",),
)


@pytest.fixture(scope="module")
def cost(lay_ground, organization, registry):
    return lay_ground(organization.model_copy(update={"budgets": BUDGETS}), registry)


def categories(ground):
    found = [one["Properties"] for one in ground.all("Cost", "AWS::CE::CostCategory")]
    return {
        one["Name"]: {rule["Value"]: rule["Rule"]["Dimensions"]["Values"] for rule in json.loads(one["Rules"])}
        for one in found
    }


def test_costs_are_in_the_management_account_where_billing_is(cost):
    placed = {
        stack.id: (stack.environment.account, stack.region) for stack in cost.assembly.stacks if "Cost" in stack.id
    }

    assert placed == dict.fromkeys(("Cost", "CostBudgets-dev", "CostBudgets-prod"), ("111111111111", "us-east-1"))


def test_every_account_of_a_cell_has_a_product_and_an_environment(cost):
    assert categories(cost) == {
        "example-product": {"acme-crm": ["111122223333", "444455556666", "777788889999"]},
        "example-environment": {"dev": ["111122223333"], "prod": ["777788889999"], "staging": ["444455556666"]},
    }


def test_what_is_no_product_s_is_the_platform_s(cost):
    assert {one["Properties"]["DefaultValue"] for one in cost.all("Cost", "AWS::CE::CostCategory")} == {"platform"}


def test_a_category_without_accounts_is_left_out(lay_ground, organization, registry):
    empty = lay_ground(organization, registry.model_copy(update={"cells": ()}))

    empty.template("Cost").resource_count_is("AWS::CE::CostCategory", 0)


def test_a_product_s_own_number_wins_and_no_number_is_no_budget(cost):
    (prod,) = cost.all("CostBudgets-prod", "AWS::Budgets::Budget")
    (dev,) = cost.all("CostBudgets-dev", "AWS::Budgets::Budget")

    assert prod["Properties"]["Budget"]["BudgetLimit"] == {"Amount": 5000, "Unit": "USD"}
    assert prod["Properties"]["Budget"]["CostFilters"] == {"LinkedAccount": ["777788889999"]}
    assert dev["Properties"]["Budget"]["BudgetLimit"]["Amount"] == 300
    assert "CostBudgets-staging" not in {stack.id for stack in cost.assembly.stacks}


def test_the_organization_s_budget_is_of_everything(cost):
    (budget,) = cost.all("Cost", "AWS::Budgets::Budget")

    assert budget["Properties"]["Budget"]["BudgetLimit"]["Amount"] == 20000
    assert "CostFilters" not in budget["Properties"]["Budget"]


def test_a_budget_tells_before_at_and_beyond_and_has_no_name_that_stands_in_the_way_of_a_new_one(cost):
    (budget,) = cost.all("Cost", "AWS::Budgets::Budget")
    told = [
        (one["Notification"]["NotificationType"], one["Notification"]["Threshold"])
        for one in budget["Properties"]["NotificationsWithSubscribers"]
    ]

    assert told == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    assert "BudgetName" not in budget["Properties"]["Budget"]
    assert "billing@example.com" in str(budget)


def test_unusual_costs_of_any_account_are_told_from_an_impact_on(cost):
    template = cost.template("Cost")
    template.has_resource_properties("AWS::CE::AnomalyMonitor", {"MonitorDimension": "LINKED_ACCOUNT"})
    (subscription,) = cost.all("Cost", "AWS::CE::AnomalySubscription")

    threshold = json.loads(subscription["Properties"]["ThresholdExpression"])["Dimensions"]
    assert (threshold["Key"], threshold["Values"]) == ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", ["250"])


def test_without_anybody_to_tell_costs_are_split_and_watched_all_the_same(lay_ground, organization, registry):
    silent = organization.model_copy(update={"budgets": Budgets()})
    template = lay_ground(silent, registry).template("Cost")

    template.resource_count_is("AWS::CE::AnomalySubscription", 0)
    template.resource_count_is("AWS::CE::AnomalyMonitor", 1)


@pytest.mark.parametrize(
    "numbers", [{"organization": 1}, {"cells": {"dev": 1}}, {"products": {"acme-crm": {"dev": 1}}}]
)
def test_numbers_without_anybody_to_tell_are_refused(numbers):
    with pytest.raises(ValueError, match="notify is empty"):
        Budgets.model_validate(numbers)


def test_costs_have_no_finding_that_is_not_excused(cost):
    report = check(cost.assembly, on=date(2026, 11, 21), app=cost.app)

    assert (report.judgement.unexcused, report.judgement.unused) == ((), ())


def test_the_example_gives_nexusstream_the_budget_of_its_own_estimate(organization):
    assert organization.budgets.products["nexusstream"]["prod"] == 430
