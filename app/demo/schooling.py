"""The course's second half, where there is a model to train: from a crowd to an adapter in use.

Questions that nobody teaches with are answered in four ways. Three are what people get on
GitHub: before anything was learned, with memory and weights, and with the adapter too. What the
adapter does alone nobody ever gets, so it is asked of the bot's own parts in this process, which
are those that the worker answers with.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial

from app.bootstrap.bot import Bot
from app.demo.asking import adapter_of, ask_all
from app.demo.columns import Row, grade, print_columns, shortcomings
from app.demo.maintainers import crowd, simulate
from app.demo.people import LinkBroken, Posted, Someone
from app.demo.retraining import retrain
from app.demo.screen import console, escape, say
from app.demo.stage import FULL_NAME
from app.demo.untaught import UNTAUGHT
from app.demo.waiting import Waiting
from app.domain import AdapterVersion, Dictionary, Question
from app.flows.outlook import TRUSTED
from app.registry import promote_adapter, roll_back
from playground.server import Playground

TITLE = "A question that nobody teaches with"
"""The title of each of their issues: an answer may go by it, so that it is the same each time."""

Replies = Mapping[str, Posted]


class Schooling:
    """One run's second half: who acts, on which playground, and the bot's parts to look into."""

    def __init__(
        self,
        people: Mapping[str, Someone],
        playground: Playground,
        bot: Bot,
        waiting: Waiting,
    ) -> None:
        self._people = people
        self._playground = playground
        self._bot = bot
        self._waiting = waiting

    def ask(self) -> Replies:
        """Asks what nobody teaches with."""
        questions = [one.question for one in UNTAUGHT]
        replies = ask_all(self._people["ada"], questions, title=TITLE, waiting=self._waiting)
        say(f"  {len(replies)} that nobody teaches with answered")
        return replies

    def run(self, before: Replies, repository_id: int) -> None:
        """Goes on from what was asked before anything was learned.

        Raises:
            LinkBroken: naming the link that did not hold, or what the adapter fell short of.
        """
        say("\n[bold]7. Many more replies are judged, by simulated maintainers[/]")
        self._teach(repository_id)
        say("\n[bold]8. Questions that were not taught, with memory and weights[/]")
        learned = self.ask()
        say("\n[bold]9. A maintainer has an adapter trained[/]")
        version = retrain(self._people["max"], self._bot.store, repository_id, self._waiting)
        say("\n[bold]10. The same questions with the adapter[/]")
        everything = self.ask()
        alone = self._alone(version)
        rows = [
            Row(
                question=one.question,
                before=grade(one, before[one.question].body),
                learned=grade(one, learned[one.question].body),
                adapter=grade(one, alone[one.question]),
                everything=grade(one, everything[one.question].body),
            )
            for one in UNTAUGHT
        ]
        say("")
        print_columns(console, rows)
        used = {self._adapter(posted) for posted in everything.values()}
        if missed := shortcomings(rows, promoted=version.name, used=used):
            raise LinkBroken("; ".join(missed))
        say(f"  each of these replies names the adapter {version.name}")
        say("\n[bold]11. Back, and forth again[/]")
        self._switch(version)

    def _teach(self, repository_id: int) -> None:
        """Has replies judged until there is enough to train on, and waits for the sweep."""

        def known() -> int:
            tally = self._bot.store.tallies.of(repository_id, least=TRUSTED)
            return tally.rows

        taught = known()
        count = crowd(self._bot.settings.training_rows)
        done = simulate(self._playground, count=count, waiting=self._waiting)
        wanted = taught + done.edited + done.voted
        self._waiting.until("the judgements being swept", lambda: known() >= wanted)
        tally = self._bot.store.tallies.of(repository_id, least=TRUSTED)
        say(
            f"  swept: {tally.rows} rows of trusted feedback, {tally.pairs} of them edits, "
            f"from {tally.threads} threads"
        )

    def _alone(self, version: AdapterVersion) -> dict[str, str]:
        """Answers as if nothing but the adapter had been learned; returns texts by questions."""
        repository_id = version.repository_id
        chosen = self._bot.context.active.of(repository_id)
        corpus = self._bot.context.knowledge.corpus(repository_id)
        if chosen.name != version.name or corpus is None:
            raise LinkBroken(f"{version.name} cannot be used here: {chosen.why or 'no text'}")
        answerer = self._bot.context.answerer(self._bot.policies.kept(repository_id), chosen.name)
        return {
            one.question: answerer.answer(
                Question(text=one.question, title=TITLE),
                corpus=corpus,
                memories=(),
                dictionary=Dictionary(repository_id=repository_id),
            ).text
            for one in UNTAUGHT
        }

    def _switch(self, version: AdapterVersion) -> None:
        """Rolls back and promotes again, as the commands do, and asks after each."""
        settings, name = self._bot.settings, version.name
        why = "The demo shows that it can be."
        self._switched(partial(roll_back, settings, FULL_NAME, reason=why, console=console), "")
        self._switched(
            partial(promote_adapter, settings, FULL_NAME, name, reason=why, console=console), name
        )

    def _switched(self, change: Callable[[], None], wanted: str) -> None:
        start = time.monotonic()
        with console.capture() as said:
            change()
        seconds = time.monotonic() - start
        say(f"  {escape(said.get().strip())} ({seconds:.1f} s)")
        ada = self._people["ada"]
        number = ada.open_issue(TITLE, "")
        trigger = ada.comment(number, f"/ask {UNTAUGHT[0].question}")
        reply, _ = ada.reply_to(number, trigger, seconds=self._waiting.seconds)
        if (used := self._adapter(reply)) != wanted:
            raise LinkBroken(
                f"the next reply was to use {wanted or 'no adapter'}, and used {used or 'none'}"
            )
        say(f"  the next reply names {wanted or 'none'}")

    def _adapter(self, posted: Posted) -> str:
        return adapter_of(posted, self._bot.context.keys)
