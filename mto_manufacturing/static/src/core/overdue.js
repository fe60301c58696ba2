/** Documents that are behind the calendar: what should have been done, and is not. */

import { _t } from "@web/core/l10n/translation";
import { endOnce, formatDay } from "./plan_words";
import { parseMoment, writeMoment } from "./time_scale";

const ASKED = ["draft", "sent", "to approve"];
const OVER = ["done", "cancel"];

/** The beginning of today as the plan writes moments: what is before it is over. */
export function startOfToday() {
    return writeMoment(luxon.DateTime.now().startOf("day"));
}

/**
 * @param {Object} node of a plan
 * @param {string} today of `startOfToday`
 * @returns {{code: string, moment: string}|null} code: ordered, begun, done or here, which is what
 *  should have happened; moment: when, as the plan writes it
 */
export function findOverdue({ document, start, end }, today) {
    if (!document || OVER.includes(document.state)) {
        return null;
    }
    const [code, moment] = tellDue(document, start, end);
    return moment && moment < today ? { code, moment } : null;
}

/** What is due next of a document, and when. */
function tellDue({ model, state }, start, end) {
    if (model === "purchase.order") {
        return ASKED.includes(state) ? ["ordered", start] : ["here", end];
    }
    if (model === "mrp.production") {
        return state === "progress" || state === "to_close"
            ? ["done", end]
            : ["begun", start];
    }
    return ["here", end];
}

/** What `findOverdue` found, in words. */
export function describeOverdue(overdue) {
    if (!overdue) {
        return "";
    }
    const day = formatDay(parseMoment(overdue.moment));
    const text = {
        ordered: _t("Overdue: it should have been ordered on %s.", day),
        begun: _t("Overdue: it should have begun on %s.", day),
        done: _t("Overdue: it should have been done on %s.", day),
        here: _t("Overdue: it should have been here on %s.", day),
    }[overdue.code];
    return text && endOnce(text);
}
