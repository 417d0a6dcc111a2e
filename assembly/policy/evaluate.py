"""Whether a request to AWS is allowed, denied, or not enough known to say.

What decides is only what policies say. Grants of KMS keys, access control lists and public access blocks of S3, and
what a service checks besides are not seen. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html.
"""

from typing import Final

from assembly.policy.answer import Answer
from assembly.policy.decision import Decision
from assembly.policy.layers import Layers
from assembly.policy.policies import Policies
from assembly.policy.principals import Reach
from assembly.policy.reasons import Findings, because_allowed, because_denied, because_not_allowed, because_unknown
from assembly.policy.request import Request
from assembly.policy.verdict import Verdict, all_of, any_of, chosen

_ASSUME: Final = frozenset({"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"})
_WHILE_ASSUMING: Final = frozenset({"sts:tagsession", "sts:setsourceidentity", "sts:setcontext"})
_BUCKET_POLICY: Final = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})


def evaluate(request: Request, policies: Policies) -> Decision:
    """Decide a request, with the reason. Raises AssemblyError when the request contradicts itself."""
    if fixed := _fixed(request, policies):
        return fixed
    findings = _findings(request, policies)
    denied = any_of(answer.denied for answer in findings.answers.values())
    if denied is True:
        return because_denied(findings)
    allowed = _allowed(request, findings)
    if allowed is False:
        return because_not_allowed(findings)
    if allowed is True and denied is False:
        return because_allowed(findings)
    return because_unknown(findings)


def _findings(request: Request, policies: Policies) -> Findings:
    layers = Layers(request, policies)
    resource, reach = layers.resource()
    needs_resource = _needs_resource_policy(request)
    if needs_resource is not False and policies.resource is None:
        reach = Reach().or_more()
    if _is_bucket_policy_of_root(request):
        resource = resource.unless(request.same_account)
    answers: dict[str, Answer] = {
        "scp": layers.scps(),
        "rcp": layers.rcps(),
        "resource": resource,
        "endpoint": layers.endpoint(),
        "identity": layers.identity(),
        "boundary": layers.boundary(),
        "session": layers.session(),
    }
    return Findings(request, answers, reach, needs_resource, layers.keys)


def _allowed(request: Request, findings: Findings) -> Verdict:
    answers = findings.answers
    limits = all_of((answers["scp"].allowed, answers["rcp"].allowed, answers["endpoint"].allowed))
    return all_of((limits, _granted(request, findings)))


def _granted(request: Request, findings: Findings) -> Verdict:
    """Whether principal and resource agree.

    Within one account a resource policy may grant alone, and how it names the principal decides whether boundary and
    session policies still limit that. Across accounts both sides have to allow. See
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html.
    """
    reach = findings.reach
    if not request.principal.is_iam:
        return reach.direct
    answers = findings.answers
    ceiling = all_of((answers["boundary"].allowed, answers["session"].allowed))
    own = all_of((answers["identity"].allowed, ceiling))
    left_to_account = chosen(findings.needs_resource, reach.by_account, True)
    within = any_of((reach.direct, all_of((reach.by_role, ceiling)), all_of((own, left_to_account))))
    return chosen(request.same_account, within, all_of((own, reach.any)))


def _needs_resource_policy(request: Request) -> Verdict:
    """Whether identity policies alone never suffice: to use a KMS key, or to assume a role.

    See https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html and
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_compare-resource-policies.html.
    """
    action, resource = request.action.lower(), request.resource
    if request.service == "kms":
        return resource.is_kms_key
    return action in _ASSUME or (action in _WHILE_ASSUMING and resource.is_role)


def _is_bucket_policy_of_root(request: Request) -> bool:
    """Whether a root user manages a bucket policy. In its own account that policy cannot lock it out.

    See https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html.
    """
    return request.principal.kind == "root" and request.action.lower() in _BUCKET_POLICY


def _fixed(request: Request, policies: Policies) -> Decision | None:
    """What no policy decides."""
    action, principal = request.action.lower(), request.principal
    signed = principal.kind not in ("anonymous", "federated")
    open_way = policies.endpoint is None and "endpoint" not in policies.unknown
    if action == "sts:getcalleridentity" and signed and open_way:
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        return Decision("allow", "sts:GetCallerIdentity needs no permission, and no policy takes it away")
    if action == "sts:assumerole" and principal.kind == "root":
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        return Decision("deny", f"the {principal} cannot assume a role")
    return None
