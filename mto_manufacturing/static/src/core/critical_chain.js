/** What an order's date waits for: the critical path of the line that is there last. */

import { formatDay } from "./plan_words";
import { parseMoment } from "./time_scale";

/**
 * @param {Object} plan what `get_mto_plan` answers
 * @param {Object[]} rows of `makeRows(plan)`
 * @returns {Object[]} {key, index, name, document, day} in the order of time; what is done already
 *  is not among them
 */
export function findCriticalChain(plan, rows) {
    const last = findLastLine(plan.lines);
    const steps = [];
    rows.forEach((row, index) => {
        const { data } = row;
        const end = parseMoment(data.forecast_end || data.end);
        const isDone = data.document?.state === "done";
        if (row.critical && row.line === last && end && !isDone) {
            steps.push({ index, data, end, depth: row.depth });
        }
    });
    steps.sort((one, other) => one.end - other.end || other.depth - one.depth);
    return steps.map(({ index, data, end }) => ({
        key: data.key,
        index,
        name: data.product,
        document: data.document?.name || "",
        day: formatDay(end),
    }));
}

/** The line that sets the order's date. */
function findLastLine(lines) {
    let last = null;
    let date = "";
    for (const line of lines) {
        const own = line.forecast_date || line.promise_date || "";
        if (own > date) {
            [last, date] = [line, own];
        }
    }
    return last;
}
