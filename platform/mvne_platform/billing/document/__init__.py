"""The invoice as a PDF: what stands on it, and the process that sets it."""

from mvne_platform.billing.document.heads import heads
from mvne_platform.billing.document.page import Buyer, Head, invoice_page
from mvne_platform.billing.document.press import DocumentFault, Order, press, store

__all__ = ["Buyer", "DocumentFault", "Head", "Order", "heads", "invoice_page", "press", "store"]
