/** What one row of a plan shows: texts, and where its bars stand on the time line. */

import { describeOverdue } from "./overdue";
import {
    describeState,
    formatDay,
    formatDuration,
    formatQuantity,
    SUPPLY_WORDS,
} from "./plan_words";
import { isLater, parseMoment } from "./time_scale";
import { _t } from "@web/core/l10n/translation";

const DEEPEST_INDENT = 12;

const NO_BARS = { bar: null, slack: null, forecast: null, planned: null, at: null };

/**
 * @param {Object} row one of `makeRows`
 * @param {TimeScale} scale
 */
export function describeRow(row, scale) {
    const { data } = row;
    const isLine = row.kind === "line";
    return {
        key: row.key,
        isLine,
        level: row.depth + 1,
        indent: Math.min(row.depth, DEEPEST_INDENT),
        critical: row.critical,
        name: data.product || "",
        quantity: formatQuantity(data.quantity, isLine ? "" : data.uom),
        ...describeSurplus(data),
        supply: isLine ? null : SUPPLY_WORDS[row.supply],
        reason: data.reason?.text || "",
        overdue: describeOverdue(row.overdue),
        changes: (data.changes || []).map(({ text }) => text).join("\n"),
        document: describeDocument(data),
        ...(isLine ? describePromise(data, scale) : describeWork(data, scale)),
    };
}

function describeSurplus({ surplus, uom, purchase }) {
    return {
        surplus: surplus ? formatQuantity(surplus, uom) : "",
        surplusTitle: purchase?.text || "",
    };
}

function describeDocument({ document, uom }) {
    if (!document) {
        return null;
    }
    const { name, state, done, quantity } = document;
    const isPart = done > 0 && done < quantity;
    const words = {
        done: formatQuantity(done),
        quantity: formatQuantity(quantity, uom),
    };
    return {
        name,
        link: Boolean(document.may_open),
        isDone: state === "done",
        stateText: describeState(state),
        progress: isPart ? _t("%(done)s of %(quantity)s", words) : "",
    };
}

function describePromise(line, scale) {
    if (!line.promise_is_known) {
        const dates = _t("Not known");
        const words = label([[_t("Promise"), dates]]);
        return { dates, isUnknown: true, later: "", label: words, ...NO_BARS };
    }
    const promise = parseMoment(line.promise_date);
    const forecast = parseMoment(line.forecast_date);
    const at = promise && !scale.isEmpty ? scale.place(promise) : null;
    const later = tellLater(forecast, promise);
    return {
        dates: formatDay(promise),
        later,
        label: label([
            [_t("Promise"), formatDay(promise)],
            [_t("Forecast"), later],
        ]),
        ...NO_BARS,
        forecast: later && at !== null ? scale.span(promise, forecast) : null,
        at,
    };
}

function describeWork(node, scale) {
    const end = parseMoment(node.end);
    // What a vendor should have brought already has no beginning any more.
    const isPast = node.start > node.end;
    const start = isPast ? end : parseMoment(node.start);
    const planned = parseMoment(node.planned_end);
    const days = [...new Set([formatDay(start), formatDay(end)])].filter(Boolean);
    const dates = days.join(" – ");
    const forecast = parseMoment(node.forecast_end);
    const later = tellLater(forecast, end);
    const slack = node.slack_days > 0 ? formatDuration(node.slack_days) : "";
    const words = label([
        ["", dates],
        [_t("Forecast"), later],
        [_t("Slack"), slack],
        [_t("Planned"), formatDay(planned)],
    ]);
    const bars = start && end ? placeBars({ ...node, start, end, planned }, scale) : {};
    return { dates, later, label: words, ...NO_BARS, ...bars };
}

function placeBars({ start, end, planned, ...node }, scale) {
    // What is drawn begins as late as it may: the slack lies before it.
    const earliest = parseMoment(node.earliest_start);
    const canBeEarlier = isLater(start, earliest) && node.supply !== "stock";
    const forecast = parseMoment(node.forecast_end);
    return {
        bar: scale.span(start, end),
        slack: canBeEarlier ? scale.span(earliest, start) : null,
        forecast: isLater(forecast, end) ? scale.span(end, forecast) : null,
        planned: planned && scale.place(planned),
    };
}

/** The day of a forecast, if it is a later one. */
function tellLater(forecast, moment) {
    const day = formatDay(forecast);
    return isLater(forecast, moment) && day !== formatDay(moment) ? day : "";
}

/** What a bar shows, in words. */
function label(parts) {
    return parts
        .filter(([, text]) => text)
        .map(([name, text]) => (name ? _t("%(name)s: %(text)s", { name, text }) : text))
        .join("; ");
}
