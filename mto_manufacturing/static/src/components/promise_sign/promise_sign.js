import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatDay } from "../../core/plan_words";
import { useReadingOn } from "../../core/reading_on";
import { PromisePopover } from "./promise_popover";

const SIGNS = {
    blocked: { icon: "fa-ban", color: "danger", text: _t("Something is missing") },
    late: { icon: "fa-clock-o", color: "danger", text: _t("Too late") },
    fine: { icon: "fa-check-circle-o", color: "success", text: _t("In time") },
};

/** A line's promise date with a small sign, which opens what stands behind it. */
export class PromiseSign extends Component {
    static template = "mto_manufacturing.PromiseSign";
    static props = {
        ...standardFieldProps,
        status: { type: String, optional: true },
        known: { type: String, optional: true },
        summary: { type: String, optional: true },
    };

    setup() {
        this.popover = usePopover(PromisePopover, {
            position: "left",
            useBottomSheet: this.env.isSmall,
        });
        this.button = useRef("button");
        useReadingOn(
            this.popover,
            () => this.props.record,
            () => this.show()
        );
    }

    get isKnown() {
        const { known, record } = this.props;
        return !known || record.data[known];
    }

    get date() {
        return this.isKnown ? formatDay(this.props.record.data[this.props.name]) : "";
    }

    get words() {
        return this.isKnown ? this.date : _t("Not known");
    }

    get sign() {
        const status = this.props.status && this.props.record.data[this.props.status];
        return SIGNS[status] || null;
    }

    get label() {
        return [this.sign?.text, this.date].filter(Boolean).join(" ");
    }

    get orderId() {
        const { record } = this.props;
        return record.data.order_id?.id || record.model.root.resId || false;
    }

    /** What the server told with the line: it follows what is typed, saved or not. */
    get summary() {
        const { summary, record } = this.props;
        return (summary && JSON.parse(record.data[summary] || "null")) || null;
    }

    show() {
        const { orderId, summary } = this;
        const lineId = this.props.record.resId || false;
        if (this.button.el && (summary || (lineId && orderId))) {
            this.popover.open(this.button.el, {
                orderId,
                lineId,
                sign: this.sign || SIGNS.fine,
                date: this.date,
                summary,
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
        {
            label: _t("Field that says whether it is known"),
            name: "known",
            type: "field",
            availableTypes: ["boolean"],
        },
        {
            label: _t("Field that says what it waits for"),
            name: "summary",
            type: "field",
            availableTypes: ["text"],
        },
    ],
    isEmpty: () => false,
    listViewWidth: [90, 130],
    extractProps: ({ options }) => ({
        status: options.status,
        known: options.known,
        summary: options.summary,
    }),
};

registry.category("fields").add("mto_promise_sign", promiseSign);
