"""What is told to people, so that it can be told in another language, too."""


class Trouble(Exception):
    """Something can't be done; the sentence says why, and what to do."""

    def __init__(self, sentence: str, **values: object) -> None:
        """Say it in English; `{name}` in the sentence stands for a value of that name."""
        super().__init__(sentence.format(**values))
        self.sentence = sentence
        self.values = values
