"""Questions about the sample repository that nobody ever teaches with.

Each stands beside the sentence of the sample that answers it. Simulated maintainers ask 84
others, and no sentence answers one of those and one of these: what is said right here was
not remembered from there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Untaught:
    """A question, and the sentence that answers it, word for word."""

    question: str
    sentence: str


UNTAUGHT = (
    Untaught(
        question="How can I print an old version without changing anything?",
        sentence="`shuttle show FILE@3` prints the third version without changing anything.",
    ),
    Untaught(
        question="Is the traffic between peers encrypted?",
        sentence="All traffic is encrypted with TLS 1.3.",
    ),
    Untaught(
        question="After how many failed attempts is a peer marked as lost?",
        sentence="After ten failed attempts a peer is marked as lost.",
    ),
    Untaught(
        question="How do I pause all transfers for a while?",
        sentence="`shuttle pause` holds all transfers until `shuttle resume`.",
    ),
    Untaught(
        question="Where does the service write its process number?",
        sentence="The service writes its process number to `shuttle.pid`.",
    ),
    Untaught(
        question="How do I see when each peer was last seen?",
        sentence="`shuttle peers` lists every peer and when it was last seen.",
    ),
    Untaught(
        question="Which peer is the first keeper?",
        sentence="The peer that ran `shuttle init` is the first keeper of the folder.",
    ),
    Untaught(
        question="Are empty folders created on other peers?",
        sentence="Empty folders are created on the other peers too.",
    ),
    Untaught(
        question="How do I compare all files with their checksums?",
        sentence="`shuttle verify` reads all files and compares them with their checksums.",
    ),
    Untaught(
        question="How can I run a program after each file that arrives?",
        sentence="A program in `hooks/received` is run after each file that arrives.",
    ),
    Untaught(
        question="Where are logs written?",
        sentence="Logs are written to `~/.cache/shuttle/log`.",
    ),
    Untaught(
        question="How do I pack the logs for a bug report?",
        sentence="`shuttle report` packs logs without any file names for a bug report.",
    ),
    Untaught(
        question="How do I rotate the key?",
        sentence="`shuttle key rotate` makes a new key and sends it to all peers.",
    ),
    Untaught(
        question="How do I make a backup of everything in one archive?",
        sentence="`shuttle backup FILE` writes the folder and all versions into one archive.",
    ),
    Untaught(
        question="What is the container image called?",
        sentence="The container image is called `ghcr.io/olivia/shuttle`.",
    ),
    Untaught(
        question="How do I get JSON from a command?",
        sentence="Every command takes `--json` and then prints JSON.",
    ),
)
