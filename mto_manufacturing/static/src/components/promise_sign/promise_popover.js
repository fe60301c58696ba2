import { Component, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import {
    formatDay,
    formatDuration,
    formatQuantity,
    SUPPLY_WORDS,
} from "../../core/plan_words";
import { useSlowWork } from "../../core/slow_work";
import { parseMoment, TimeScale } from "../../core/time_scale";
import { Working } from "../working/working";

/** Why an order line can be delivered when it can, in words and as a small time bar. */
export class PromisePopover extends Component {
    static template = "mto_manufacturing.PromisePopover";
    static components = { Working };
    static props = {
        orderId: { type: [Number, { value: false }] },
        lineId: { type: [Number, { value: false }] },
        sign: Object,
        date: String,
        summary: { type: [Object, { value: null }], optional: true },
        close: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.loading = useSlowWork();
        this.state = useState({ summary: this.props.summary || null });
        onMounted(() => this.state.summary || this.load());
    }

    async load() {
        const { orderId, lineId } = this.props;
        const summary = await this.loading.run(() =>
            this.orm.call("sale.order", "get_mto_summary", [[orderId], lineId])
        );
        this.state.summary = summary || null;
    }

    get workingWords() {
        return _t("Working out what the date waits for ...");
    }

    /** The steps to the date, each with its place on a common time line. */
    get steps() {
        const steps = this.state.summary.steps.map((step) => ({
            ...step,
            from: parseMoment(step.start),
            to: parseMoment(step.end),
        }));
        const scale = new TimeScale(steps.flatMap(({ from, to }) => [from, to]));
        return steps.map((step) => ({
            ...step,
            name: step.product || _t("Shipping"),
            text: describe(step),
            until: formatDay(step.to),
            bar: scale.span(step.from, step.to),
            color: SUPPLY_WORDS[step.supply]?.color || "secondary",
        }));
    }

    /** When the customer has the goods: of a confirmed order as things are today. */
    get date() {
        const { forecast_date: forecast } = this.state.summary;
        return formatDay(parseMoment(forecast)) || this.props.date;
    }

    /** What was promised beside what is expected, where that is another day. */
    get moved() {
        const { date: promise } = this.props;
        return promise && promise !== this.date
            ? _t("Promised %(promise)s, expected %(date)s", {
                  promise,
                  date: this.date,
              })
            : "";
    }

    /** All of it in one sentence, as one would say it on the telephone. */
    get sentence() {
        const { date } = this;
        const steps = this.steps.map(({ text }) => text).join(", ");
        return date && steps ? _t("%(date)s: %(steps)s", { date, steps }) : date || "";
    }

    listGoods(goods) {
        return goods
            .map(
                ({ product, quantity, uom }) =>
                    `${formatQuantity(quantity, uom)} ${product}`
            )
            .join(", ");
    }

    openPlan() {
        this.props.close?.();
        this.action.doAction("mto_manufacturing.action_mto_plan", {
            additionalContext: { active_id: this.props.orderId },
        });
    }
}

function describe({ supply, product, days }) {
    const time = formatDuration(days);
    if (supply === "shipping") {
        return _t("shipping %s", time);
    }
    return _t("%(product)s %(time)s", { product, time });
}
