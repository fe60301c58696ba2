import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { findCriticalChain } from "../../core/critical_chain";
import { countSupplies } from "../../core/plan_rows";
import { describeTotal, formatDuration } from "../../core/plan_words";
import { parseMoment } from "../../core/time_scale";

/** So many faults are listed before a person asks for all; fewer on a small screen. */
const MOST_FAULTS = 4;
const MOST_ON_SMALL = 1;

/** Below an hour nobody is late: what begins now slides with the clock. */
const LEAST_LATE = 1 / 24;

/** What a plan comes to: the promise, what it waits for, what is in the way, the totals. */
export class PlanSummary extends Component {
    static template = "mto_manufacturing.PlanSummary";
    static props = {
        plan: Object,
        rows: Array,
        onGoTo: Function,
        onOpenRecord: Function,
    };

    setup() {
        this.state = useState({ all: false });
    }

    /** The promise; where lines have others of their own, the first and the last. */
    get promise() {
        return formatSpan(
            [this.props.plan, ...this.props.plan.lines].map((one) => one.promise_date)
        );
    }

    /** Where an order stands, if that is another day than was promised. */
    get forecast() {
        const { plan } = this.props;
        const [promise, forecast] = [plan.promise_date, plan.forecast_date].map(
            parseMoment
        );
        if (!promise || !forecast || promise.hasSame(forecast, "day")) {
            return null;
        }
        const time = formatDuration(forecast.diff(promise, "days").days);
        const isLate = forecast > promise;
        return {
            text: formatSpan([plan, ...plan.lines].map((one) => one.forecast_date)),
            isLater: isLate,
            difference: isLate
                ? _t("%s later than promised", time)
                : _t("%s sooner than promised", time),
        };
    }

    get commitment() {
        return formatSpan([this.props.plan.commitment_date]);
    }

    /** By how much the delivery date is missed; where there is none, the forecast says it. */
    get lateness() {
        if (this.forecast && !this.commitment) {
            return "";
        }
        const days = Math.max(
            0,
            ...this.props.plan.lines.map((line) => line.late_days || 0)
        );
        return days > LEAST_LATE ? _t("late by %s", formatDuration(days)) : "";
    }

    get chain() {
        return findCriticalChain(this.props.plan, this.props.rows);
    }

    get totals() {
        return countSupplies(this.props.rows).map((total) => ({
            ...total,
            ...describeTotal(total),
        }));
    }

    get faults() {
        const { blockers, gaps, warnings } = this.props.plan;
        return [
            ...blockers.map((fault) => ({ ...fault, color: "danger" })),
            ...gaps.map((fault) => ({ ...fault, color: "warning" })),
            ...warnings.map((fault) => ({ ...fault, color: "info" })),
        ];
    }

    get shownFaults() {
        const most = this.env.isSmall ? MOST_ON_SMALL : MOST_FAULTS;
        return this.state.all ? this.faults : this.faults.slice(0, most);
    }

    get moreFaults() {
        const more = this.faults.length - this.shownFaults.length;
        return more ? _t("Show %s more", more) : "";
    }

    openProduct(id) {
        this.props.onOpenRecord("product.product", id);
    }
}

function formatSpan(texts) {
    const moments = texts.map(parseMoment).filter(Boolean);
    if (!moments.length) {
        return "";
    }
    const { DateTime } = luxon;
    const [first, last] = [DateTime.min, DateTime.max].map((pick) =>
        pick(...moments).toLocaleString(DateTime.DATE_MED)
    );
    return first === last ? first : `${first} – ${last}`;
}
