import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { formatDuration } from "../../core/plan_words";

/** What of a quotation nothing supplies, with a way to each product; it follows what is typed. */
export class OrderFaults extends Component {
    static template = "mto_manufacturing.OrderFaults";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get faults() {
        return this.props.record.data[this.props.name]?.faults || [];
    }

    openProduct(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "product.product",
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

/** By how much an order is later than its delivery date. */
export class OrderLateness extends Component {
    static template = "mto_manufacturing.OrderLateness";
    static props = {
        ...standardFieldProps,
        forecast: { type: String, optional: true },
        commitment: { type: String, optional: true },
    };

    get lateness() {
        const { data } = this.props.record;
        const date = data[this.props.forecast] || data[this.props.name];
        const commitment = data[this.props.commitment];
        if (!date || !commitment || date <= commitment) {
            return "";
        }
        const { days } = date.diff(commitment, "days");
        return _t("%s after the delivery date", formatDuration(days));
    }
}

registry.category("fields").add("mto_order_faults", {
    component: OrderFaults,
    displayName: _t("What nothing supplies"),
    supportedTypes: ["json"],
});

registry.category("fields").add("mto_order_lateness", {
    component: OrderLateness,
    displayName: _t("How late the order is"),
    supportedTypes: ["datetime"],
    supportedOptions: [
        {
            label: _t("Forecast"),
            name: "forecast",
            type: "field",
            availableTypes: ["datetime"],
        },
        {
            label: _t("Delivery date"),
            name: "commitment",
            type: "field",
            availableTypes: ["datetime"],
        },
    ],
    extractProps: ({ options }) => ({
        forecast: options.forecast,
        commitment: options.commitment,
    }),
});
