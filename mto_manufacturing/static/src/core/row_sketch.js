/** What one row of a plan shows: texts, and where its bar stands on the time line. */

import { describeState, formatDay, formatQuantity, SUPPLY_WORDS } from "./plan_words";
import { parseMoment } from "./time_scale";

const DEEPEST_INDENT = 12;

/**
 * @param {Object} row one of `makeRows`
 * @param {Object} view what the row is drawn with
 * @param {TimeScale} view.scale
 * @param {Object} view.names of the order lines' products, by line id
 * @param {Object} view.mayOpen whether the user may see documents, by model
 */
export function describeRow(row, { scale, names, mayOpen }) {
    const { data } = row;
    const isLine = row.kind === "line";
    return {
        key: row.key,
        isLine,
        level: row.depth + 1,
        indent: Math.min(row.depth, DEEPEST_INDENT),
        critical: row.critical,
        name: isLine ? names[data.line_id] || "" : data.product,
        quantity: formatQuantity(data.quantity, isLine ? "" : data.uom),
        surplus: data.surplus ? formatQuantity(data.surplus, data.uom) : "",
        surplusTitle: data.purchase?.text || "",
        supply: isLine ? null : SUPPLY_WORDS[row.supply],
        reason: data.reason?.text || "",
        document: data.document && {
            ...data.document,
            link: mayOpen[data.document.model],
            stateText: describeState(data.document.state),
        },
        ...(isLine ? describePromise(data, scale) : describeWork(data, scale)),
    };
}

function describePromise(line, scale) {
    const promise = parseMoment(line.promise_date);
    const at = promise && !scale.isEmpty ? scale.place(promise) : null;
    return { dates: formatDay(promise), bar: null, slack: null, at };
}

function describeWork(node, scale) {
    const [start, end] = [parseMoment(node.start), parseMoment(node.end)];
    const days = [...new Set([formatDay(start), formatDay(end)])].filter(Boolean);
    const bar = start && end ? scale.span(start, end) : null;
    // What is drawn begins as late as it may: the slack lies before it.
    const earliest = parseMoment(node.earliest_start);
    const hasSlack = bar && earliest && earliest < start;
    const slack = hasSlack ? scale.span(earliest, end) : null;
    return { dates: days.join(" – "), bar, slack, at: null };
}
