/** An order line's plan in a few words: what its date waits for, what is there, what is short. */

import { parseMoment } from "./time_scale";

const HOURS = 24;

/**
 * @param {Object} line one of the lines of `get_mto_plan`
 * @returns {{steps: Object[], stock: Object[], missing: Object[]}} steps: the critical path in
 *  the order of time, as {key, name, supply, start, end, days}; with the shipping, if any, last
 */
export function summarize(line) {
    const steps = [];
    const stock = new Map();
    const missing = new Map();
    const waiting = [...line.supplies].reverse();
    while (waiting.length) {
        const node = waiting.pop();
        if (node.supply === "stock") {
            add(stock, node);
        } else if (node.supply === "missing") {
            add(missing, node);
        } else if (node.critical && node.start && node.end) {
            steps.push(describeStep(node));
        }
        waiting.push(...[...node.supplies].reverse());
    }
    steps.sort((one, other) => one.end - other.end || one.start - other.start);
    const shipping = describeShipping(line, steps);
    return {
        steps: shipping ? [...steps, shipping] : steps,
        stock: [...stock.values()],
        missing: [...missing.values()],
    };
}

function add(group, node) {
    const known = group.get(node.product_id);
    if (known) {
        known.quantity += node.quantity;
    } else {
        const { product, quantity, uom } = node;
        group.set(node.product_id, { name: product, quantity, uom });
    }
}

function describeStep(node) {
    const [start, end] = [parseMoment(node.start), parseMoment(node.end)];
    return {
        key: node.key,
        name: node.product,
        supply: node.supply,
        start,
        end,
        days: daysBetween(start, end),
    };
}

function describeShipping(line, steps) {
    const promise = parseMoment(line.promise_date);
    const last = steps[steps.length - 1];
    if (!promise || !last || promise <= last.end) {
        return null;
    }
    const days = daysBetween(last.end, promise);
    return {
        key: "shipping",
        name: "",
        supply: "shipping",
        start: last.end,
        end: promise,
        days,
    };
}

/** Days to one decimal; what takes hours is a part of a day. */
function daysBetween(start, end) {
    return Math.round((end.diff(start, "hours").hours / HOURS) * 10) / 10;
}

/**
 * The lines whose promise differs between two plans of an order.
 *
 * @returns {Object[]} {name, before, after, days}; days more than 0: later
 */
export function compareLines(plan, other, names) {
    const before = new Map(plan.lines.map((line) => [line.line_id, line.promise_date]));
    return other.lines
        .map(({ line_id, promise_date }) => ({
            name: names[line_id] || "",
            before: parseMoment(before.get(line_id)),
            after: parseMoment(promise_date),
        }))
        .filter((line) => line.before && line.after)
        .map((line) => ({ ...line, days: daysBetween(line.before, line.after) }))
        .filter((line) => line.days);
}
