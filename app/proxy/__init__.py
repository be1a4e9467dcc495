"""The client of a webhook proxy: deliveries come to a machine that GitHub cannot reach.

It listens on a channel of a server that speaks as smee.io does, and passes what comes on to this
machine's own `/webhooks`, which verifies the signature as always. What is sent passes through
that server, and whoever knows the channel's address can read it: it is for trying out.
"""

from app.proxy.channel import channel_of
from app.proxy.client import Proxy
from app.proxy.standing import PART, Standing, finding

__all__ = ["PART", "Proxy", "Standing", "channel_of", "finding"]
