"""The demo's course: questions, judgements, the sweep, the same questions; then an adapter."""

import functools
import time

from app.bootstrap.bot import Bot
from app.demo.asking import ask_all
from app.demo.exam import check_results, grade, print_results
from app.demo.learned import check_learned, explain
from app.demo.people import LinkBroken, Posted, Someone
from app.demo.schooling import Schooling
from app.demo.screen import console, escape, quote, say
from app.demo.story import EXAMS, LESSONS, Lesson
from app.demo.waiting import Waiting
from app.domain import Reply
from app.models.trainable import untrainable
from app.text.layout import answer_part
from playground.server import Playground


class Course:
    """One run: who acts where, the bot's own parts to look into, how long each link may take."""

    def __init__(
        self, people: dict[str, Someone], playground: Playground, bot: Bot, waiting: Waiting
    ) -> None:
        self._people = people
        self._bot = bot
        self._waiting = waiting
        self._schooling = Schooling(people, playground, bot, waiting)

    def run(self) -> None:
        """Goes through the story.

        Raises:
            LinkBroken: naming the link that did not hold.
        """
        nothing_to_train = untrainable(self._bot.settings)
        say("\n[bold]1. A question[/]")
        self._first()
        say("\n[bold]2. A dozen questions before anything is taught[/]")
        before = self._exam("before")
        untaught = {} if nothing_to_train else self._schooling.ask()
        say("\n[bold]3. People judge replies[/]")
        taught = self._teach()
        say("\n[bold]4. The sweep, and what was learned[/]")
        repository_id = check_learned(self._bot.store, taught, waiting=self._waiting)
        say("\n[bold]5. The same dozen again[/]")
        after = self._exam("after")
        say("")
        results = [grade(exam, before[exam.question], after[exam.question]) for exam in EXAMS]
        print_results(console, results)
        explain(self._bot, results, repository_id)
        check_results(results)
        if nothing_to_train:
            say("\n[bold]7. No adapter[/]")
            say(f"  {escape(nothing_to_train)}")
        else:
            self._schooling.run(untaught, repository_id)

    def _first(self) -> None:
        ada = self._people["ada"]
        number = ada.open_issue("First question", "I am new here.")
        trigger = ada.comment(number, "/ask What is Shuttle for?")
        say(f"  ada asks in #{number}: {trigger.body}")
        start = time.monotonic()
        self._waiting.until(
            "👀 on the question",
            lambda: any(content == "eyes" for _, content in ada.reactions(trigger.id)),
        )
        say(f"  👀 after {time.monotonic() - start:.1f} s")
        reply, _ = ada.reply_to(number, trigger, seconds=self._waiting.seconds)
        say(f"  the reply after {time.monotonic() - start:.1f} s:")
        quote(reply)
        if "**Sources**" not in reply.body:
            raise LinkBroken("the reply names no sources")

    def _exam(self, name: str) -> dict[str, Posted]:
        questions = [exam.question for exam in EXAMS]
        replies = ask_all(
            self._people["ada"], questions, title=f"A question {name}", waiting=self._waiting
        )
        say(f"  {len(replies)} of {len(EXAMS)} answered")
        return replies

    def _teach(self) -> list[tuple[Lesson, Reply]]:
        """Asks all that people will judge, and only then judges, since learning is at once."""
        ada = self._people["ada"]
        asked = []
        for lesson in LESSONS:
            number = ada.open_issue("A question to learn from", "")
            asked.append((lesson, number, ada.comment(number, f"/ask {lesson.question}")))
        replies = [
            (lesson, ada.reply_to(number, trigger, seconds=self._waiting.seconds)[0])
            for lesson, number, trigger in asked
        ]
        return [(lesson, self._judge(lesson, posted)) for lesson, posted in replies]

    def _judge(self, lesson: Lesson, posted: Posted) -> Reply:
        if lesson.says not in posted.body:
            raise LinkBroken(
                f"the answer to “{lesson.question}” lacks “{lesson.says}”: "
                + answer_part(posted.body)
            )
        say(f"  {lesson.question}")
        maintainer = self._people["max"]
        if lesson.vote:
            self._people[lesson.voter].react(posted.id, lesson.vote)
            say(f"    {lesson.voter} reacts with {lesson.vote}")
        if lesson.edit:
            maintainer.edit(posted.id, posted.body.replace(lesson.says, lesson.edit))
            say(f"    max strikes out: {lesson.says}")
            say(f"    and puts in:     {lesson.edit}")
        if lesson.hide:
            maintainer.hide(posted.node_id, lesson.hide)
            say(f"    max hides the reply as {lesson.hide.lower().replace('_', ' ')}")
        return self._waiting.until(
            "the reply in the bot's records",
            functools.partial(self._bot.store.replies.by_url, posted.url),
        )
