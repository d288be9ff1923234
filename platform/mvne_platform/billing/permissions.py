"""What an actor needs for bills."""

READ = "invoice.read"
RUN = "bill.run"
BOOK_RERATING = "bill.book_rerating"
