"""Brings in a person: opens the cases that the safety screen asks for, and says so in fixed words."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.guarded import GuardedAction
from actions.house import desk
from actions.understanding import Understanding, today
from content.texts import Reply
from escalation.desk import Situation, findings_of


class ActionEscalate(GuardedAction):
    """Opens the cases and sends the category's fixed reply, with a general answer where the policy allows one."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_escalate"

    def reply(self, tracker: Tracker) -> Reply:
        """Open the cases, once a cause however often this runs, and make the reply."""
        message = tracker.latest_message
        about = message.get("metadata") or {}
        seq, locale, text = int(about.get("seq", 0)), str(about.get("locale", "")), str(message.get("text") or "")
        findings = findings_of(message.get("understanding") or {})
        there = desk(tracker.sender_id)
        there.open(tracker.sender_id, seq, findings)
        reply = there.reply(findings, Situation(tracker.sender_id, text, locale))
        topics = Understanding.of(tracker).topics
        return self._with_general_answer(tracker, reply, topics) if topics and reply["kind"] == "advice" else reply

    def _with_general_answer(self, tracker: Tracker, reply: Reply, topics: list[str]) -> Reply:
        """Add what can be said in general; what the clinic has not filled in, or is past its review, is left out."""
        answer = self._replies_in(tracker).answer(topics, 1.0, today())
        if answer["kind"] != "answer":
            return reply
        return {
            **reply,
            "text": f"{reply['text']}\n\n{desk(tracker.sender_id).general_lead()}\n\n{answer['text']}",
            "topics": answer["topics"],
            "sources": answer["sources"],
            "suggestions": [*answer["suggestions"], *reply.get("suggestions", [])],
        }
