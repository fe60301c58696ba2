import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import {
    formatDay,
    formatDays,
    formatQuantity,
    SUPPLY_WORDS,
} from "../../core/plan_words";
import { summarize } from "../../core/promise_summary";
import { TimeScale } from "../../core/time_scale";

const SIGNS = {
    blocked: { icon: "fa-ban", color: "danger", text: _t("Something is missing") },
    late: { icon: "fa-clock-o", color: "danger", text: _t("Too late") },
    fine: { icon: "fa-check-circle-o", color: "success", text: _t("In time") },
};

/** Why an order line can be delivered when it can, in words and as a small time bar. */
export class PromisePopover extends Component {
    static template = "mto_manufacturing.PromisePopover";
    static props = {
        orderId: Number,
        lineId: Number,
        sign: Object,
        close: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ fault: "" });
        onWillStart(() => this.load());
    }

    async load() {
        try {
            const plan = await this.orm.call("sale.order", "get_mto_plan", [
                [this.props.orderId],
            ]);
            this.line = plan.lines.find((line) => line.line_id === this.props.lineId);
        } catch (error) {
            this.state.fault = error.data?.message || error.message;
        }
        this.summary = this.line
            ? summarize(this.line)
            : { steps: [], stock: [], missing: [] };
        this.scale = new TimeScale(
            this.summary.steps.flatMap(({ start, end }) => [start, end])
        );
    }

    get steps() {
        return this.summary.steps.map((step) => ({
            ...step,
            text: this.describe(step),
            bar: this.scale.span(step.start, step.end),
            color: SUPPLY_WORDS[step.supply]?.color || "secondary",
        }));
    }

    describe({ supply, name, days }) {
        const time = formatDays(days);
        if (supply === "shipping") {
            return _t("Shipping: %s", time);
        }
        const kind = SUPPLY_WORDS[supply].text;
        return _t("%(name)s (%(kind)s): %(time)s", { name, kind, time });
    }

    listGoods(goods) {
        return goods
            .map(
                ({ name, quantity, uom }) => `${formatQuantity(quantity, uom)} ${name}`
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

/** A line's promise date with a small sign, which opens what stands behind it. */
export class PromiseSign extends Component {
    static template = "mto_manufacturing.PromiseSign";
    static props = {
        ...standardFieldProps,
        status: { type: String, optional: true },
    };

    setup() {
        this.popover = usePopover(PromisePopover, { position: "left" });
    }

    get date() {
        return formatDay(this.props.record.data[this.props.name]);
    }

    get sign() {
        const status = this.props.status && this.props.record.data[this.props.status];
        return SIGNS[status] || null;
    }

    get orderId() {
        return (
            this.props.record.data.order_id?.id || this.props.record.model.root.resId
        );
    }

    show(event) {
        const { resId } = this.props.record;
        if (resId && this.orderId) {
            this.popover.open(event.currentTarget, {
                orderId: this.orderId,
                lineId: resId,
                sign: this.sign || SIGNS.fine,
            });
        }
    }
}

export const promiseSign = {
    component: PromiseSign,
    displayName: _t("Promise with its reason"),
    supportedTypes: ["datetime"],
    supportedOptions: [
        {
            label: _t("Field that says whether it is in time"),
            name: "status",
            type: "field",
            availableTypes: ["selection"],
        },
    ],
    isEmpty: () => false,
    listViewWidth: [90, 130],
    extractProps: ({ options }) => ({ status: options.status }),
};

registry.category("fields").add("mto_promise_sign", promiseSign);
