from datetime import UTC, timedelta

from odoo import api, models

#: What is drawn further ahead is not told: a time line so long shows no days.
_LONGEST = timedelta(days=400)
#: Where a time line is longer than this, only whole days without work are told.
_SHOWS_NIGHTS = timedelta(days=7)
_WHOLE_DAY = timedelta(hours=20)


class MtoWorkingTime(models.AbstractModel):
    """When a company does not work, for a time line to be shaded."""

    _name = "mto.working.time"
    _description = "Make to Order: Working Time"

    @api.model
    def _get_closed(self, company, start, end):
        """The times between two moments in which nobody works, by the company's calendar.

        :param start: naive UTC; with ``end``, widened to whole days
        :return: [(start, end)] in naive UTC, in order; none where it works day and night
        """
        calendar = company.sudo().resource_calendar_id
        if not calendar:
            return []
        start = start.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
        end = min(end, start + _LONGEST - timedelta(days=2)) + timedelta(days=2)
        work = calendar._work_intervals_batch(start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
        least = _WHOLE_DAY if end - start > _SHOWS_NIGHTS else timedelta(hours=4)
        closed, since = [], start
        for begin, finish, _records in work[False]:
            begin, finish = _to_utc(begin), _to_utc(finish)
            if begin - since >= least:
                closed.append((since, begin))
            since = max(since, finish)
        if end - since >= least:
            closed.append((since, end))
        return closed


def _to_utc(moment):
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
