"""Background work of billing."""

from mvne_platform.billing.commands.bill_account import BILL_ACCOUNT
from mvne_platform.billing.commands.render_invoice import RENDER_INVOICE
from mvne_platform.billing.commands.renew_product import EXPIRE_ALLOWANCES, RENEW_PRODUCT
from mvne_platform.billing.commands.run_month import RUN_MONTH
from mvne_platform.billing.commands.start_period import START_PERIOD

bill_account = BILL_ACCOUNT
expire_allowances = EXPIRE_ALLOWANCES
render_invoice = RENDER_INVOICE
renew_product = RENEW_PRODUCT
run_month = RUN_MONTH
start_period = START_PERIOD
