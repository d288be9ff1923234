"""The online charging front end: HTTP in, group commit out. The only asyncio part of the platform."""
