/** Where moments stand on a line from left to right, in per cent. */

const { DateTime } = luxon;

/** A moment of the plan (UTC, ISO 8601) in the user's time zone; null for none. */
export function parseMoment(text) {
    return text ? DateTime.fromISO(text, { zone: "utc" }).setZone("default") : null;
}

/** Distances between the marks of the scale, in days, the smallest first. */
const STEPS = [1, 2, 7, 14, 28, 91, 182, 364];
const MOST_MARKS = 8;

export class TimeScale {
    /**
     * @param {DateTime[]} moments all that is to be seen
     */
    constructor(moments) {
        const known = moments.filter(Boolean);
        this.isEmpty = !known.length;
        if (this.isEmpty) {
            return;
        }
        this.start = DateTime.min(...known).startOf("day");
        this.end = DateTime.max(...known).endOf("day");
        this._length = this.end - this.start;
    }

    /** Where a moment stands, from 0 to 100. */
    place(moment) {
        const share = (moment - this.start) / this._length;
        return Math.min(Math.max(share, 0), 1) * 100;
    }

    /** The left edge and the width of a time; what takes no time can be seen all the same. */
    span(start, end) {
        const left = this.place(start);
        return { left, width: Math.max(this.place(end) - left, 0.4) };
    }

    /** Days to be marked, at most eight or so. */
    get marks() {
        if (this.isEmpty) {
            return [];
        }
        const days = this.end.diff(this.start, "days").days;
        const longest = STEPS[STEPS.length - 1];
        const step = STEPS.find((one) => days / one <= MOST_MARKS) || longest;
        const marks = [];
        for (let day = this.start; day < this.end; day = day.plus({ days: step })) {
            marks.push({ day, left: this.place(day) });
        }
        return marks;
    }
}
