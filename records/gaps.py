"""Gaps: the messages for which the assistant has no answer, grouped by what they mean.

A gap was declined and nobody has said that this was right, or somebody has said that a new topic is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, exists, insert, or_, select

from records.database import Database
from records.judged import NEW_TOPIC, Gap
from records.review_schema import gaps, marks
from records.reviews import answers, in_words, opened_of, reply, sealed_of, visitors


class Gaps(Database):
    """Finds gaps and keeps their groups."""

    def gaps(self, limit: int) -> list[Gap]:
        """Return the latest gaps, the newest first, with their words."""
        later = marks.alias("later")
        same = and_(later.c.conversation == marks.c.conversation, later.c.seq == marks.c.seq, later.c.by == marks.c.by)
        marked = and_(
            marks.c.conversation == visitors.c.conversation,
            marks.c.seq == visitors.c.seq,
            ~exists().where(same, later.c.number > marks.c.number),  # a person's latest mark counts
        )
        is_gap = or_(reply.c.kind == "decline", exists().where(marked, marks.c.judgement == NEW_TOPIC))
        query = (
            select(
                visitors.c.conversation,
                visitors.c.seq,
                visitors.c.sent_at,
                *sealed_of(visitors),
                *sealed_of(reply),
            )
            .join(reply, answers())
            .where(in_words(visitors.c), is_gap, ~exists().where(marked, marks.c.judgement != NEW_TOPIC))
            .order_by(reply.c.sent_at.desc(), reply.c.conversation, reply.c.seq)
            .limit(limit)
        )
        found: dict[tuple[str, int], Gap] = {}
        with self._reader.connect() as connection:
            rows = connection.execute(query).mappings().all()
            seals = self._seals.of_all(connection, {row["conversation"] for row in rows})
        for row in rows:
            if seal := seals.get(row["conversation"]):  # else it was erased a moment ago
                text = opened_of(visitors, seal, row)["body"]["text"]
                near = (opened_of(reply, seal, row)["understanding"] or {}).get("candidates") or ()
                gap = Gap(row["conversation"], row["seq"], row["sent_at"], text, tuple(near))
                found.setdefault((gap.conversation, gap.seq), gap)
        return list(found.values())

    def keep_groups(self, groups: Sequence[Sequence[Gap]]) -> None:
        """Keep groups of gaps in place of the earlier ones. What was erased meanwhile is left out."""
        with self._engine.begin() as connection:
            connection.execute(delete(gaps))
            for number, group in enumerate(groups):
                for gap in group:
                    same = (visitors.c.conversation == gap.conversation, visitors.c.seq == gap.seq)
                    if connection.scalar(select(visitors.c.seq).where(*same)) is not None:
                        connection.execute(
                            insert(gaps).values(conversation=gap.conversation, seq=gap.seq, cluster=number)
                        )

    def gap_groups(self, limit: int) -> list[list[Gap]]:
        """Return the groups of those gaps among the latest that still are ones, each with its newest first.

        The largest group comes first; of two as large, the one with the newer gap.
        """
        open_now = {(gap.conversation, gap.seq): gap for gap in self.gaps(limit)}
        groups: dict[int, list[Gap]] = {}
        with self._reader.connect() as connection:
            for row in connection.execute(select(gaps).order_by(gaps.c.cluster)).mappings():
                if gap := open_now.get((row["conversation"], row["seq"])):
                    groups.setdefault(row["cluster"], []).append(gap)
        found = [sorted(group, key=lambda gap: (gap.at, gap.seq), reverse=True) for group in groups.values()]
        return sorted(found, key=lambda group: (len(group), group[0].at), reverse=True)
