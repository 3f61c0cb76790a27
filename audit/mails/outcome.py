"""What a try that did not end well means for the mail."""


class NotTaken(Exception):
    """The mail has surely not left; trying again later may help."""


class Refused(Exception):
    """The mail has surely not left and will not: the address or the text is not wanted."""


class Unclear(Exception):
    """The line broke while the mail was handed over: it may have left or not."""
