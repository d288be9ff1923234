"""Permissions this domain asks for."""

STAFF_MANAGE = "staff.manage"
