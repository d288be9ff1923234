"""What an actor needs for money that comes in."""

TAKE_PAYMENT = "payment.take"
READ = "invoice.read"
