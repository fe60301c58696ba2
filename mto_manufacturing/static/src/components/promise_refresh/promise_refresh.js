import { Component, status, useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Has a quotation planned again when it is opened, and shows what has changed.
 *
 * Shows nothing itself. The form is there before, and stays as it is where this fails or
 * where somebody has begun to type.
 */
export class PromiseRefresh extends Component {
    static template = "mto_manufacturing.PromiseRefresh";
    static props = standardWidgetProps;

    setup() {
        this.orm = useService("orm");
        useEffect(
            (resId) => {
                this.refresh(resId);
            },
            () => [this.props.record.resId]
        );
    }

    async refresh(resId) {
        if (!resId || !["draft", "sent"].includes(this.props.record.data.state)) {
            return;
        }
        try {
            const changed = await this.orm.silent.call(
                "sale.order",
                "mto_refresh_promise",
                [[resId]]
            );
            if (changed) {
                await this.reload(resId);
            }
        } catch {
            // The form shows what was promised last; the night's refresh comes anyway.
        }
    }

    async reload(resId) {
        const { record } = this.props;
        const isOpen = status(this) !== "destroyed" && record.resId === resId;
        if (isOpen && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("mto_promise_refresh", {
    component: PromiseRefresh,
    fieldDependencies: [{ name: "state", type: "selection", readonly: true }],
});
