"""The last part of every report: what its figures can not tell."""

from desktop.report.page import Block, Heading, Points
from desktop.report.speech import Speaker


class Limits(Speaker):
    """Says what must not be read into the figures."""

    def lesson(self, *, marked: bool) -> list[Block]:
        """Return the part for the report of one lesson."""
        points = [
            self.tr(
                "All figures are of the class as a whole, of those whose faces could be seen. They say "
                "nothing about any one pupil and must not be used to judge one, nor a teacher."
            )
        ]
        if marked:
            points.append(
                self.tr(
                    "A difference between segments does not show what caused it: the time of day, the "
                    "subject, who was in the room and how the camera stood differ too. An interval covers "
                    "chance, not such causes, and not the errors of the program."
                )
            )
        return self._part(points)

    def comparison(self) -> list[Block]:
        """Return the part for a comparison of lessons."""
        return self._part(
            [
                self.tr(
                    "Lessons differ in much that is not measured: subject, hour, who was there, light, where "
                    "the camera stood. A difference or trend does not show its cause and must not be used to "
                    "judge a teacher or a pupil."
                )
            ]
        )

    def _part(self, own: list[str]) -> list[Block]:
        guess = self.tr(
            "A label is a program's guess about an expression, not a feeling. Who smiles need not be "
            "happy, and the program errs often, more often with some people than with others."
        )
        law = self.tr(
            "In the European Union, emotion recognition in schools and at workplaces is prohibited by "
            "Article 5(1)(f) of the AI Act since 2 February 2025, with or without consent, medical or "
            "safety reasons aside."
        )
        return [Heading(self.tr("What these figures can not tell")), Points((guess, *own, law))]
