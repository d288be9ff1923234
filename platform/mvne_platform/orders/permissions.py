"""What an actor must hold to order, to see orders, to move them on."""

PLACE = "order.place"
READ = "order.read"
MANAGE = "order.manage"
