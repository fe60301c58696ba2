import { Component, useEffect, useRef } from "@odoo/owl";

/**
 * One row of a plan: an order line, or one supply of a demand, with its bar on the time line.
 */
export class PlanRow extends Component {
    static template = "mto_manufacturing.PlanRow";
    static props = {
        row: Object,
        dated: Boolean,
        today: { validate: (value) => value === null || typeof value === "number" },
        active: Boolean,
        focused: Boolean,
        onFocus: Function,
        onToggle: Function,
        onOpen: Function,
    };

    setup() {
        const row = useRef("row");
        useEffect(
            (focused) => {
                if (focused) {
                    row.el.focus({ preventScroll: true });
                }
            },
            () => [this.props.focused]
        );
    }

    get expanded() {
        if (!this.props.row.foldable) {
            return undefined;
        }
        return this.props.row.folded ? "false" : "true";
    }
}
