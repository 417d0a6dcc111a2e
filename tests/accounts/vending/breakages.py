"""What somebody does to an organization by hand: each with the finding that it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Breakage:
    """A change beside the declaration."""

    finding: str
    """With {id} for the id of the account that it is about."""
    make: object
    account: str = "data-lake"
    revertible: bool = True
    adoptable: bool = True


def unit_of(api, name, parent=None):
    parent = parent or api.list_roots()["Roots"][0]["Id"]
    for one in api.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]:
        if one["Name"] == name:
            return one["Id"]
    raise LookupError(name)


def rogue_unit(clients, id):
    api = clients.organizations
    api.create_organizational_unit(ParentId=api.list_roots()["Roots"][0]["Id"], Name="Rogue")


def rogue_unit_in_workloads(clients, id):
    api = clients.organizations
    api.create_organizational_unit(ParentId=unit_of(api, "Workloads"), Name="rogue")


def unit_gone(clients, id):
    clients.organizations.delete_organizational_unit(OrganizationalUnitId=unit_of(clients.organizations, "Onboarding"))


def extra_unit_gone(clients, id):
    clients.organizations.delete_organizational_unit(OrganizationalUnitId=unit_of(clients.organizations, "Empty"))


def unit_renamed(clients, id):
    clients.organizations.update_organizational_unit(
        OrganizationalUnitId=unit_of(clients.organizations, "Data"), Name="Dates"
    )


def moved(target):
    def move(clients, id):
        api = clients.organizations
        source = api.list_parents(ChildId=id)["Parents"][0]["Id"]
        root = api.list_roots()["Roots"][0]["Id"]
        destination = unit_of(api, target) if target else root
        api.move_account(AccountId=id, SourceParentId=source, DestinationParentId=destination)

    return move


def renamed(clients, id):
    clients.account.put_account_name(AccountId=id, AccountName="Something else")


def tagged(**tags):
    def tag(clients, id):
        pairs = [{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()]
        clients.organizations.tag_resource(ResourceId=id, Tags=pairs)

    return tag


def untagged(key):
    return lambda clients, id: clients.organizations.untag_resource(ResourceId=id, TagKeys=[key])


def contact_changed(clients, id):
    clients.account.put_alternate_contact(
        AccountId=id,
        AlternateContactType="SECURITY",
        Name="Eve",
        Title="Nobody",
        EmailAddress="eve@example.com",
        PhoneNumber="1",
    )


def contact_gone(clients, id):
    clients.account.delete_alternate_contact(AccountId=id, AlternateContactType="SECURITY")


def contact_added(clients, id):
    clients.account.put_alternate_contact(
        AccountId=id,
        AlternateContactType="BILLING",
        Name="Bob",
        Title="Bills",
        EmailAddress="bob@example.com",
        PhoneNumber="1",
    )


def service_on(clients, id):
    clients.organizations.enable_aws_service_access(ServicePrincipal="fms.amazonaws.com")


def service_off(clients, id):
    clients.organizations.disable_aws_service_access(ServicePrincipal="guardduty.amazonaws.com")


def type_on(clients, id):
    api = clients.organizations
    api.enable_policy_type(RootId=api.list_roots()["Roots"][0]["Id"], PolicyType="CHATBOT_POLICY")


def type_off(clients, id):
    api = clients.organizations
    api.disable_policy_type(RootId=api.list_roots()["Roots"][0]["Id"], PolicyType="DECLARATIVE_POLICY_EC2")


def administrator_gone(clients, id):
    clients.organizations.deregister_delegated_administrator(AccountId=id, ServicePrincipal="config.amazonaws.com")


def administrator_more(clients, id):
    clients.organizations.register_delegated_administrator(AccountId=id, ServicePrincipal="config.amazonaws.com")


def root_access_off(clients, id):
    clients.iam.disable_organizations_root_sessions()


def closed(clients, id):
    clients.organizations.close_account(AccountId=id)


BREAKAGES = {
    "a rogue unit": Breakage("unit:Rogue", rogue_unit),
    "a rogue unit beside the products": Breakage("unit:Workloads/rogue", rogue_unit_in_workloads),
    "a unit of the platform is deleted": Breakage("unit:Onboarding", unit_gone),
    "a declared unit is deleted": Breakage("unit:Empty", extra_unit_gone),
    "a unit is renamed": Breakage("unit:Data", unit_renamed, adoptable=False),
    "a cell is moved": Breakage("account:acme-crm-dev:unit", moved("Sandbox"), "acme-crm-dev"),
    "an account is moved to a declared unit": Breakage("account:data-lake:unit", moved("Empty")),
    "an account is moved to the sandboxes": Breakage("account:data-lake:unit", moved("Sandbox")),
    "an account is moved to the root": Breakage("account:data-lake:unit", moved("")),
    "an account is renamed": Breakage("account:data-lake:name", renamed),
    "a cell is renamed": Breakage("account:acme-crm-dev:name", renamed, "acme-crm-dev"),
    "a tag of the platform is changed": Breakage(
        "account:acme-crm-dev:tag:product", tagged(product="other"), "acme-crm-dev", adoptable=False
    ),
    "a tag of the platform is removed": Breakage(
        "account:data-lake:tag:managed-by", untagged("managed-by"), adoptable=False
    ),
    "a declared tag is changed": Breakage("account:data-lake:tag:cost-center", tagged(cost_center="9")),
    "a declared tag is removed": Breakage("account:data-lake:tag:cost-center", untagged("cost-center")),
    "a tag is added": Breakage("account:data-lake:tag:mood", tagged(mood="good")),
    "a contact is changed": Breakage("account:data-lake:contact:SECURITY", contact_changed, adoptable=False),
    "a contact is removed": Breakage("account:data-lake:contact:SECURITY", contact_gone, adoptable=False),
    "a contact is added": Breakage("account:data-lake:contact:BILLING", contact_added, adoptable=False),
    "a service is let in": Breakage("service:fms.amazonaws.com", service_on),
    "a service is put out": Breakage("service:guardduty.amazonaws.com", service_off),
    "a policy type is enabled": Breakage("policy-type:CHATBOT_POLICY", type_on),
    "a policy type is disabled": Breakage("policy-type:DECLARATIVE_POLICY_EC2", type_off),
    "an administrator is gone": Breakage("administrator:config.amazonaws.com", administrator_gone, "security-tooling"),
    "an administrator more": Breakage("administrator:config.amazonaws.com:{id}", administrator_more, adoptable=False),
    "root sessions are off": Breakage("root-access:RootSessions", root_access_off),
    "an account is closed": Breakage("account:data-lake:state", closed, revertible=False),
}
"""A contact is adopted for all accounts alike, so that one account alone is never adopted clean."""
