"""Refusals of billing."""

from mvne_platform.kernel import DomainError, InvalidInput, NotFound


class UnknownInvoice(NotFound):
    """The brand has no such invoice."""

    code = "INVOICE_NOT_FOUND"


class UnknownRun(NotFound):
    """The brand has no such bill run."""

    code = "BILL_RUN_NOT_FOUND"


class NotAMonthEnd(InvalidInput):
    """A bill run closes a calendar month: its period ends with the first day of another one."""

    code = "NOT_A_MONTH_END"


class PeriodNotOver(DomainError):
    """The month has not ended by the brand's clock."""

    code = "PERIOD_NOT_OVER"


class MonthOutOfOrder(DomainError):
    """Another month's run has to come, or be completed, first."""

    code = "MONTH_OUT_OF_ORDER"


class DocumentNotReady(DomainError):
    """The invoice's PDF has not been made yet."""

    code = "DOCUMENT_NOT_READY"
