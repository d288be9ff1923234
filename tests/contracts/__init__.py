"""Each way of talking to the outside against its port and a real counterpart on this machine."""
