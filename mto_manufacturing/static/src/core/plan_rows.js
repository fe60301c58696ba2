/**
 * The plan of an order as rows to draw, from what `get_mto_plan` answers.
 *
 * A row is either an order line (`kind: "line"`) or one supply of a demand (`kind: "supply"`).
 * Rows are in the order of the tree, parents before children. No function here calls itself:
 * a tree may be deeper than the stack.
 */

import { findOverdue, startOfToday } from "./overdue";
import { isLater, parseMoment } from "./time_scale";

export const SUPPLIES = [
    "stock",
    "receipt",
    "purchase",
    "production",
    "transfer",
    "reordering",
    "missing",
];

/**
 * @param {Object} plan what `get_mto_plan` answers
 * @returns {Object[]} rows: key, kind, depth, parent (index, -1 for none), end (index after the
 *  last row below it), data (the line or the node), and late, missing, critical, overdue (see
 *  `findOverdue`) of itself
 */
export function makeRows(plan) {
    const rows = [];
    const today = startOfToday();
    for (const line of plan.lines) {
        const waiting = [{ kind: "line", data: line, depth: 0, parent: -1 }];
        while (waiting.length) {
            const row = waiting.pop();
            const index = rows.length;
            rows.push(describe(row, line, today));
            const below = row.data.supplies || [];
            for (let i = below.length - 1; i >= 0; i--) {
                const data = below[i];
                waiting.push({
                    kind: "supply",
                    data,
                    depth: row.depth + 1,
                    parent: index,
                });
            }
        }
    }
    closeRows(rows);
    return rows;
}

function describe(row, line, today) {
    const { data, kind } = row;
    const isLine = kind === "line";
    const overdue = isLine ? null : findOverdue(data, today);
    return {
        ...row,
        key: isLine ? `line:${data.line_id}` : data.key,
        end: 0,
        line,
        supply: isLine ? "" : data.supply,
        critical: !isLine && Boolean(data.critical),
        missing: !isLine && data.supply === "missing",
        overdue,
        late: isLine ? (data.late_days || 0) > 0 : Boolean(overdue) || isBehind(data),
    };
}

/** Whether a supply comes later than its document, or than there is time for. */
function isBehind({ slack_days, forecast_end, end }) {
    // Most have no forecast of their own, and reading a moment costs more than the rest of a row.
    const isLate = Boolean(forecast_end) && forecast_end > end;
    return (
        slack_days < 0 ||
        (isLate && isLater(parseMoment(forecast_end), parseMoment(end)))
    );
}

/** Where the rows below each row end: after it, unless a later row is below it. */
function closeRows(rows) {
    for (let index = rows.length - 1; index >= 0; index--) {
        const row = rows[index];
        row.end = Math.max(row.end, index + 1);
        if (row.parent >= 0) {
            rows[row.parent].end = Math.max(rows[row.parent].end, row.end);
        }
    }
}

/** Whether there is anything below a row. */
export function hasChildren(rows, index) {
    return rows[index].end > index + 1;
}

/**
 * The rows that are shown: those above which nothing is folded.
 *
 * @param {Object[]} rows
 * @param {Set<string>} folded keys of the rows whose children are hidden
 * @param {Set<number>} [kept] indexes that a filter leaves; all if not given
 * @returns {number[]} indexes
 */
export function visibleRows(rows, folded, kept) {
    const visible = [];
    let index = 0;
    while (index < rows.length) {
        const row = rows[index];
        if (kept && !kept.has(index)) {
            index += 1;
            continue;
        }
        visible.push(index);
        index = folded.has(row.key) ? row.end : index + 1;
    }
    return visible;
}

const FILTERS = {
    critical: (row) => row.critical,
    late: (row) => row.late,
    missing: (row) => row.missing,
    purchases: (row) => row.supply === "purchase",
    productions: (row) => row.supply === "production",
    changed: (row) => Boolean(row.data.changes?.length),
};

/**
 * The rows that a filter leaves, with all that is above them, so that the tree holds.
 *
 * @param {Object[]} rows
 * @param {string} name one of critical, late, missing, purchases, productions, changed
 * @returns {Set<number>|undefined} indexes; undefined where nothing is filtered
 */
export function filterRows(rows, name) {
    const fits = FILTERS[name];
    if (!fits) {
        return undefined;
    }
    const kept = new Set();
    rows.forEach((row, index) => {
        if (fits(row)) {
            for (let at = index; at >= 0 && !kept.has(at); at = rows[at].parent) {
                kept.add(at);
            }
        }
    });
    return kept;
}

/** Keys of all rows that have children. */
export function foldableKeys(rows) {
    return rows.filter((row, index) => hasChildren(rows, index)).map((row) => row.key);
}

/** Keys to fold so that only the critical path is open. */
export function foldToCritical(rows) {
    const open = filterRows(rows, "critical");
    return rows
        .filter((row, index) => hasChildren(rows, index) && !open.has(index))
        .map((row) => row.key);
}

/**
 * How many supplies of each kind there are; a document that serves several demands is one.
 *
 * @param {Object[]} rows
 * @returns {Object[]} {supply, count}, in the order of SUPPLIES, only kinds that occur
 */
export function countSupplies(rows) {
    const seen = new Map(SUPPLIES.map((supply) => [supply, new Set()]));
    for (const row of rows) {
        if (row.kind === "supply") {
            const { document } = row.data;
            const own = document ? `${document.model},${document.id}` : row.key;
            seen.get(row.supply)?.add(own);
        }
    }
    return SUPPLIES.filter((supply) => seen.get(supply).size).map((supply) => ({
        supply,
        count: seen.get(supply).size,
    }));
}
