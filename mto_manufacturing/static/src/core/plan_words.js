/** What the codes of a plan are called, for people. */

import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

export const SUPPLY_WORDS = {
    stock: { text: _t("From stock"), icon: "fa-cubes", color: "success" },
    receipt: { text: _t("Expected receipt"), icon: "fa-truck", color: "info" },
    purchase: { text: _t("Purchase"), icon: "fa-shopping-cart", color: "primary" },
    production: { text: _t("Production"), icon: "fa-wrench", color: "primary" },
    transfer: { text: _t("Transfer"), icon: "fa-exchange", color: "info" },
    reordering: { text: _t("Reordering rule"), icon: "fa-refresh", color: "info" },
    missing: { text: _t("Missing"), icon: "fa-exclamation-triangle", color: "danger" },
};

const STATES = {
    draft: _t("Draft"),
    sent: _t("Sent"),
    "to approve": _t("To approve"),
    purchase: _t("Ordered"),
    confirmed: _t("Confirmed"),
    waiting: _t("Waiting"),
    assigned: _t("Ready"),
    progress: _t("In progress"),
    to_close: _t("To close"),
    done: _t("Done"),
    cancel: _t("Cancelled"),
};

/** The state of a document, in words; a state of another addon stands for itself. */
export function describeState(state) {
    return STATES[state] || state;
}

/** How many supplies of a kind there are; not every language sets a colon alike. */
export function describeTotal({ supply, count }) {
    const { text, icon } = SUPPLY_WORDS[supply];
    return { text: _t("%(kind)s: %(count)s", { kind: text, count }), icon };
}

/** A quantity with its unit, without zeros that say nothing. */
export function formatQuantity(quantity, unit = "") {
    const number = formatFloat(quantity, { digits: [16, 2], trailingZeros: false });
    return unit ? `${number} ${unit}` : number;
}

/** A day as the user's language writes it. */
export function formatDay(moment) {
    return moment ? moment.toLocaleString({ month: "short", day: "numeric" }) : "";
}

/** A sentence whose last word is an abbreviation has one full stop: "30 nov." */
export function endOnce(sentence) {
    return String(sentence).replace(/\.\.$/, ".");
}

/** A number of days, in words. */
export function formatDays(days) {
    const count = formatQuantity(days);
    return days === 1 ? _t("1 day") : _t("%s days", count);
}

/** A length of time in words: hours below a day, else days to one decimal. */
export function formatDuration(days) {
    const length = Math.abs(days);
    const hours = Math.max(Math.round(length * 24), 1);
    if (hours < 24) {
        return hours === 1 ? _t("1 hour") : _t("%s hours", hours);
    }
    return formatDays(Math.round(length * 10) / 10);
}
