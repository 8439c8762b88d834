"""Comparisons as pages."""

from collections.abc import Sequence

from desktop import __version__
from desktop.report.comparison import ChosenLessons, Comparison, LessonPair
from desktop.report.group_page import GroupPage
from desktop.report.groups import GroupComparison
from desktop.report.kind_page import KindPage
from desktop.report.kinds import KindComparison
from desktop.report.lessons_page import LessonsPage
from desktop.report.limits import Limits
from desktop.report.page import Block, Page
from desktop.report.speech import Speaker, Speech


class ComparisonPage(Speaker):
    """Gives every comparison its title, its parts and what it can not tell."""

    def __init__(self, speech: Speech) -> None:
        super().__init__(speech)
        self._groups = GroupPage(speech)
        self._kinds = KindPage(speech)
        self._lessons = LessonsPage(speech)
        self._limits = Limits(speech)

    def page(self, comparison: Comparison) -> Page:
        """Return the page of a comparison."""
        match comparison:
            case GroupComparison():
                lessons = sum(len(group.points) for group in comparison.groups)
                return self._page(self._groups.title(comparison), self._groups.blocks(comparison), lessons)
            case KindComparison():
                return self._page(self._kinds.title(), self._kinds.blocks(comparison), comparison.lessons)
            case LessonPair():
                return self._page(self._lessons.pair_title(), self._lessons.pair(comparison), 2)
            case ChosenLessons():
                title, blocks = self._lessons.chosen_title(), self._lessons.chosen(comparison)
                return self._page(title, blocks, len(comparison.lessons))

    def _page(self, title: str, blocks: Sequence[Block], lessons: int) -> Page:
        return Page(
            language=self.speech.language,
            title=title,
            subtitle=self.tr("Mood of classes: comparison"),
            facts=((self.tr("Lessons"), self.speech.whole(lessons)),),
            blocks=(*blocks, *self._limits.comparison()),
            footer=f"Classmood {__version__}",
        )
