/** Where moments stand on a line from its beginning to its end, in per cent. */

const { DateTime } = luxon;

/** A moment of the plan (UTC, ISO 8601) in the user's time zone; null for none. */
export function parseMoment(text) {
    return text ? DateTime.fromISO(text, { zone: "utc" }).setZone("default") : null;
}

/** A moment as the plan writes them: not every language has the digits that the server reads. */
export function writeMoment(moment) {
    const second = moment.toUTC().startOf("second");
    return second.toISO({ includeOffset: false, suppressMilliseconds: true });
}

/** The first and the last of moments as the plan writes them, which sort as they are. */
export function findExtent(texts) {
    let first = "";
    let last = "";
    for (const text of texts) {
        if (text && (!first || text < first)) {
            first = text;
        }
        if (text && text > last) {
            last = text;
        }
    }
    return [first, last];
}

/** What begins now slides with the clock: below an hour nothing is later. */
const HOUR = 3_600_000;

/** Whether a moment comes noticeably after another; no where either is not known. */
export function isLater(moment, other) {
    return Boolean(moment && other && moment - other > HOUR);
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

    /** The edge and the width of a time; what takes no time can be seen all the same. */
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

    /**
     * A picture of the times in which nobody works: one for all rows, whatever their number.
     *
     * @param {string[][]} closed [start, end] in UTC, ISO 8601, in order
     * @param {string} side to which time goes on, "right" or "left"
     * @returns {string} a CSS image
     */
    shade(closed, side = "right") {
        const stops = [];
        for (const [start, end] of this.isEmpty ? [] : closed) {
            const [from, to] = [start, end].map((one) => this.place(parseMoment(one)));
            if (to > from) {
                const [a, b] = [from, to].map((one) => `${one.toFixed(2)}%`);
                stops.push(`transparent ${a}`, `var(--mto-closed) ${a}`);
                stops.push(`var(--mto-closed) ${b}`, `transparent ${b}`);
            }
        }
        return stops.length
            ? `linear-gradient(to ${side}, ${stops.join(", ")})`
            : "none";
    }
}
