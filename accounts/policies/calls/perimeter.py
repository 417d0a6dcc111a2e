"""Who reaches the organization's data, keys and roles, whatever their own policies say: all of them say «everybody»."""

from accounts.policies.calls.call import Actor, Call, Place, Value, rows

_STORES: tuple[tuple[str, str, str], ...] = (
    ("s3:GetObject", "a file", "arn:<partition>:s3:::acme-crm-prod-files/1"),
    ("s3:PutObject", "a file", "arn:<partition>:s3:::acme-crm-prod-files/1"),
    ("s3:ListBucket", "a bucket", "arn:<partition>:s3:::acme-crm-prod-files"),
    ("kms:Decrypt", "a key", "arn:<partition>:kms:<region>:<account>:key/1"),
    ("kms:CreateGrant", "a key", "arn:<partition>:kms:<region>:<account>:key/1"),
    ("secretsmanager:GetSecretValue", "a secret", "arn:<partition>:secretsmanager:<region>:<account>:secret:1"),
    ("sqs:SendMessage", "a queue", "arn:<partition>:sqs:<region>:<account>:jobs"),
    ("sqs:ReceiveMessage", "a queue", "arn:<partition>:sqs:<region>:<account>:jobs"),
    ("dynamodb:GetItem", "a table", "arn:<partition>:dynamodb:<region>:<account>:table/1"),
    ("ecr:BatchGetImage", "an image", "arn:<partition>:ecr:<region>:<account>:repository/1"),
)
_BY_SERVICES = ("s3:", "kms:", "secretsmanager:", "sqs:")
_IN_THE_CLEAR = ("s3:", "kms:", "secretsmanager:", "sqs:")
_ROLE = "arn:<partition>:iam::<account>:role/"
_TLS: dict[str, Value] = {"aws:SecureTransport": True, "s3:TlsVersion": "1.3"}
_OUTSIDERS: tuple[Actor, ...] = ("administrator", "root", "user", "anonymous")
_OWNERS: tuple[Place, ...] = ("cell", "sandbox", "shared-services", "security-tooling")

OUTSIDE: tuple[Call, ...] = (
    *(
        call
        for action, thing, resource in _STORES
        for owner in _OWNERS
        for call in rows(
            f"somebody outside reaches {thing}",
            action,
            who=_OUTSIDERS,
            where=("outside",),
            owner=owner,
            resource=resource,
            works=False,
        )
    ),
    *(
        call
        for owner in (*_OWNERS, "ci-cd")
        for call in rows(
            "somebody outside becomes a role that trusts everybody",
            "sts:AssumeRole",
            "sts:SetContext",
            who=("administrator", "user"),
            where=("outside",),
            owner=owner,
            resource=f"{_ROLE}<deployment-role>",
            works=False,
        )
    ),
)

INSIDE: tuple[Call, ...] = (
    *(
        call
        for action, thing, resource in _STORES
        for call in rows(
            f"another account of the organization reaches {thing} that is shared with it",
            action,
            who=("administrator",),
            where=("management", "ci-cd", "sandbox"),
            owner="cell",
            resource=resource,
            context=_TLS,
            works=True,
        )
    ),
    *(
        call
        for action, thing, resource in _STORES
        for call in rows(
            f"a service of AWS reaches {thing} for the organization",
            action,
            who=("service",),
            where=("cell",),
            owner="cell",
            resource=resource,
            context=_TLS,
            works=True,
        )
    ),
    *(
        call
        for action, thing, resource in _STORES
        if action.startswith(_BY_SERVICES)
        for call in rows(
            f"a service of AWS reaches {thing} for somebody outside",
            action,
            who=("service of outsiders",),
            where=("outside",),
            owner="cell",
            resource=resource,
            works=False,
        )
    ),
    *rows(
        "a service of AWS becomes a role for somebody outside",
        "sts:AssumeRole",
        who=("service of outsiders",),
        where=("outside",),
        owner="cell",
        resource=f"{_ROLE}acme-crm-prod-service-Task",
        works=False,
    ),
    *rows(
        "a service of AWS becomes the role of a task",
        "sts:AssumeRole",
        who=("service",),
        where=("cell",),
        owner="cell",
        resource=f"{_ROLE}acme-crm-prod-service-Task",
        works=True,
        vital=True,
    ),
    *rows(
        "a service of AWS that does not say for whom it calls becomes a role",
        "sts:AssumeRole",
        who=("silent service",),
        where=("cell",),
        owner="cell",
        resource=f"{_ROLE}acme-crm-prod-service-Task",
        works=True,
        vital=True,
    ),
    *rows(
        "a cell delegates its zone",
        "sts:AssumeRole",
        who=("task", "cloudformation"),
        where=("cell",),
        owner="network-hub",
        resource=f"{_ROLE}cell-dns-acme-crm-prod-eu-west-1",
        works=True,
        vital=True,
    ),
)

CLEAR: tuple[Call, ...] = (
    *(
        call
        for action, thing, resource in _STORES
        if action.startswith(_IN_THE_CLEAR)
        for call in rows(
            f"somebody reaches {thing} without TLS",
            action,
            who=("administrator", "task"),
            where=("cell",),
            owner="cell",
            resource=resource,
            context={"aws:SecureTransport": False},
            works=False,
        )
    ),
    *rows(
        "somebody reaches a file with an old TLS",
        "s3:GetObject",
        "s3:PutObject",
        who=("administrator", "task"),
        where=("cell", "shared-services"),
        resource="arn:<partition>:s3:::acme-crm-prod-files/1",
        context={"aws:SecureTransport": True, "s3:TlsVersion": "1.1"},
        works=False,
    ),
)

PERIMETER: tuple[Call, ...] = (*OUTSIDE, *INSIDE, *CLEAR)
