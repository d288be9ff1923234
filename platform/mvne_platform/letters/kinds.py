"""Every letter the platform sends: its code, the values its template may use, and which brands need it."""

from dataclasses import dataclass

from mvne_platform.catalogue import PaymentMode

COMMON_VALUES = frozenset({"brand", "given_name", "family_name"})
"""Filled in for every letter: the brand's name and the customer's."""


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter. All values are texts, amounts and dates written in the customer's language already.

    Brands whose plans are paid in one of the modes of `needed_by` must have a template. A letter that nobody must have
    is optional: a brand that has no template for it has decided not to send it.
    """

    values: frozenset[str]
    needed_by: frozenset[PaymentMode]

    @property
    def optional(self) -> bool:
        """Whether a brand may do without."""
        return not self.needed_by

    @property
    def variables(self) -> frozenset[str]:
        """Everything a template may name."""
        return self.values | COMMON_VALUES


_EVERYONE = frozenset(PaymentMode)

LETTERS: dict[str, LetterKind] = {
    "welcome": LetterKind(frozenset({"msisdn", "plan"}), _EVERYONE),
    "invoice": LetterKind(
        frozenset({"invoice_number", "amount", "due_on", "period"}),
        frozenset({PaymentMode.POSTPAID, PaymentMode.HYBRID}),
    ),
    "renewal_failed": LetterKind(
        frozenset({"plan", "amount", "balance", "retry_on"}), frozenset({PaymentMode.PREPAID})
    ),
    "plan_lapsed": LetterKind(frozenset({"msisdn", "plan"}), frozenset({PaymentMode.PREPAID})),
    "top_up_received": LetterKind(
        frozenset({"msisdn", "amount", "balance"}), frozenset({PaymentMode.PREPAID, PaymentMode.HYBRID})
    ),
    # `until` is empty for an allowance without an end; `left` for one that is used up is written out too, as nothing.
    "allowance_threshold": LetterKind(
        frozenset({"msisdn", "allowance", "percent", "used", "granted", "left", "until"}), frozenset()
    ),
    "spend_threshold": LetterKind(frozenset({"msisdn", "percent", "spent", "limit", "left"}), frozenset()),
    # Needed by brands that verify identities, whatever their plans: manifests are checked for it.
    "identity_declined": LetterKind(frozenset({"order_number"}), frozenset()),
}
