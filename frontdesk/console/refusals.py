"""What the console does not do, said in a page: what is wrong, and what to do."""

from __future__ import annotations


class Refused(Exception):
    """A request is refused; whoever made it reads ``title`` and ``text``."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


NO_SUCH_PAGE = Refused(404, "There is no such page", "Go back, or open the queue.")
NO_SUCH_ANSWER = Refused(404, "There is no such answer", "It may have been taken out. Go back to the list of answers.")
ANSWER_CHANGED = Refused(
    409,
    "This answer has changed since you opened it",
    "Nothing was signed. Open the answer again, read what it says now, and sign that.",
)
NO_SUCH_CONVERSATION = Refused(
    404, "There is no such conversation", "The visitor may have erased it. Go back to the queue."
)
NO_SUCH_SEARCH = Refused(
    404, "This search is over", "The address of a search works for who made it, until they sign out. Search again."
)
NO_SUCH_MESSAGE = Refused(
    404, "This message cannot be marked", "Only what a visitor wrote and has sent to the clinic can. Nothing was kept."
)
NO_FILTERS = Refused(
    422, "There is nothing to save", "Choose at least one filter, press Show, and then save the view. Nothing was kept."
)
NOTHING_CHOSEN = Refused(
    409,
    "Nothing was written",
    "No example was ticked, or marks have changed since the page was shown. Open the page again and look through it.",
)
NOT_WRITTEN = Refused(
    503,
    "The file cannot be written",
    "Nothing was kept. Tell whoever runs the assistant to look at FRONTDESK_TAUGHT_DIR: is the disk full, "
    "and may the frontdesk write there?",
)
LEARNS_ALREADY = Refused(
    409, "It is learning already", "One at a time can. Nothing was done. Open Teach to see how far it is."
)
LEARNS_NOT_HERE = Refused(
    409, "The assistant cannot learn on this machine", "Nothing was done. Teach says how it is done instead."
)
NO_SUCH_PERSON = Refused(404, "There is no such person", "Go back to the list of people.")
NOT_ALLOWED = Refused(
    403, "Your role does not allow this", "Ask a manager of the clinic for another role if you need it."
)
NOT_IN_TABLE = Refused(
    403, "This page is closed", "Nobody has been given the right to it. Tell whoever runs the assistant."
)
SIGNED_OUT = Refused(
    401, "You are signed out", "After 15 minutes without use you are signed out. Sign in and do it again."
)
NOT_FROM_HERE = Refused(
    403,
    "This did not come from the console",
    "Nothing was done. Open the console's own page and press the button there.",
)
STALE_FORM = Refused(403, "This form is too old", "Nothing was done. Reload the page and do it again.")
NOT_RECORDED = Refused(
    503,
    "This cannot be recorded at the moment",
    "Whatever is read or done here must be written to the audit first, and that has failed. Nothing was shown or done. "
    "Try again in a minute, and tell whoever runs the assistant if it goes on.",
)
UNEXPECTED = Refused(
    500, "Something went wrong on our side", "Try again. If it goes on, tell whoever runs the assistant."
)
