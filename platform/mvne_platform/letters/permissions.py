"""What an actor must hold to see letters or set their templates."""

READ = "letter.read"
MANAGE = "brand.apply"
