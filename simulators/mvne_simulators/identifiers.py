"""Identifiers as the standards write them, for checking what comes in."""

from typing import Annotated

from pydantic import StringConstraints

Msisdn = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""A telephone number, ITU-T E.164, with the plus sign."""

Imsi = Annotated[str, StringConstraints(pattern=r"^[0-9]{14,15}$")]
"""International mobile subscriber identity, ITU-T E.212."""

Iccid = Annotated[str, StringConstraints(pattern=r"^89[0-9]{16,18}$")]
"""Number of a SIM, ITU-T E.118."""

ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:=-]{1,100}$")]
"""An identifier the client chose, to send a request again under the same name."""
