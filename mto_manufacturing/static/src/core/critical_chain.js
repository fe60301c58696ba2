/** What an order's date waits for: the critical path of the line that is there last. */

import { formatDay } from "./plan_words";
import { parseMoment } from "./time_scale";

/**
 * Where several supplies are there last at once, one of them stands for all.
 *
 * @param {Object} plan what `get_mto_plan` answers
 * @param {Object[]} rows of `makeRows(plan)`
 * @returns {Object[]} {key, index, name, document, day}, from the first supply to the one that is
 *  delivered; what is done already is not among them
 */
export function findCriticalChain(plan, rows) {
    const last = findLastLine(plan.lines);
    const steps = [];
    let above = rows.findIndex(({ kind, data }) => kind === "line" && data === last);
    while (above >= 0) {
        above = findLastBelow(rows, above);
        if (above >= 0) {
            steps.unshift(describeStep(rows, above));
        }
    }
    return steps;
}

/** Of what is right below a row and critical, what is there last; -1 for none. */
function findLastBelow(rows, above) {
    let last = -1;
    let date = "";
    for (let index = above + 1; index < rows[above].end; index = rows[index].end) {
        const { critical, data } = rows[index];
        const own = endOf(data);
        if (critical && data.document?.state !== "done" && own > date) {
            [last, date] = [index, own];
        }
    }
    return last;
}

function describeStep(rows, index) {
    const { data } = rows[index];
    return {
        key: data.key,
        index,
        name: data.product,
        document: data.document?.name || "",
        day: formatDay(parseMoment(endOf(data))),
    };
}

function endOf(data) {
    return data.forecast_end || data.end || "";
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
