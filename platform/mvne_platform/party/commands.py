"""Use cases about customers."""

from uuid import UUID

from mvne_platform.kernel import local_date
from mvne_platform.party import jobs, permissions, queries, rules, verification
from mvne_platform.party.errors import AlreadyDecided, InvalidCustomer
from mvne_platform.party.events import CustomerCreated
from mvne_platform.party.models import Address, BillingAccount, Customer, IdentityVerification
from mvne_platform.party.rules import Document, NewCustomer
from mvne_platform.runtime import Context
from mvne_platform.runtime.numbering import next_number
from mvne_platform.runtime.secrets import seal


def create_customer(ctx: Context, new: NewCustomer) -> Customer:
    """Enter a customer with addresses. The calling domain asks for its own permission (an order's, for instance).

    Raises InvalidCustomer, which names the first wrong field.
    """
    checked = rules.checked_customer(new, ctx.brand.languages, local_date(ctx.now, ctx.brand.time_zone))

    customer = Customer(
        number=next_number(ctx, "customer"),
        kind=checked.kind,
        given_name=checked.given_name,
        family_name=checked.family_name,
        organization=checked.organization,
        email=checked.email,
        phone=checked.phone,
        birth_date=checked.birth_date,
        language=checked.language,
        created_at=ctx.now,
    )
    ctx.db.add(customer)
    ctx.db.flush()
    for address in checked.addresses:
        ctx.db.add(
            Address(
                customer_id=customer.id,
                role=address.role,
                lines=list(address.lines),
                postal_code=address.postal_code,
                city=address.city,
                country=address.country,
            )
        )
    ctx.emit(CustomerCreated(customer.id))
    return customer


def open_account(ctx: Context, customer_id: UUID) -> BillingAccount:
    """Open a billing account in the brand's currency; nothing before the current month will be billed on it.

    The calling domain asks for its own permission. Raises UnknownCustomer.
    """
    customer = queries.load_customer(ctx, customer_id)
    account = BillingAccount(
        number=next_number(ctx, "account"),
        customer_id=customer.id,
        currency=ctx.brand.currency,
        billed_until=local_date(ctx.now, ctx.brand.time_zone).replace(day=1),
        created_at=ctx.now,
    )
    ctx.db.add(account)
    ctx.db.flush()
    return account


def start_verification(ctx: Context, customer_id: UUID, document: Document) -> IdentityVerification:
    """Have the brand's identity provider verify a customer; the answer comes as a fact.

    The calling domain asks for its own permission. Raises UnknownCustomer, InvalidCustomer (a birth date is needed).
    """
    customer = queries.load_customer(ctx, customer_id)
    checked = rules.checked_document(document)
    if customer.birth_date is None:
        raise InvalidCustomer("The identity can only be verified with a birth date.", field=("birth_date",))

    begun = IdentityVerification(
        customer_id=customer.id,
        document_number_encrypted=seal(checked.number),
        document_country=checked.country,
        requested_at=ctx.now,
    )
    ctx.db.add(begun)
    ctx.db.flush()
    ctx.later(jobs.verify_identity, verification_id=str(begun.id))
    return begun


def decide_verification(ctx: Context, verification_id: UUID, *, approved: bool, reason: str) -> IdentityVerification:
    """Decide by hand what the provider leaves open; raises UnknownVerification, AlreadyDecided."""
    ctx.require(permissions.DECIDE_IDENTITY)
    pending = queries.verification_for_update(ctx, verification_id)
    if pending.state not in verification.OPEN:
        raise AlreadyDecided(f"This verification is already {pending.state}; start a new one.")

    evidence = {"provider": None, "reference": None, "reason": reason, "decided_by": str(ctx.actor)}
    verification.enter_outcome(ctx, pending, approved=approved, evidence=evidence)
    return pending
