"""What an actor must hold to see or change the stock."""

MANAGE = "inventory.manage"
CHOOSE = "order.place"  # whoever may order may see which numbers can be chosen
