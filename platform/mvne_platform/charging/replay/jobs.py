"""The shares of a replay, in any order, in parallel."""

from mvne_platform.charging.replay.computing import replay_share as replay
from mvne_platform.runtime import Job

replay_share = Job("charging.replay_share", "rating", replay)
