import { Component, useEffect, useRef } from "@odoo/owl";

const PLACE = { type: [Number, { value: null }] };

/**
 * One row of a plan: an order line, or one supply of a demand, with its bar on the time line.
 */
export class PlanRow extends Component {
    static template = "mto_manufacturing.PlanRow";
    static props = {
        row: Object,
        index: Number,
        place: Number,
        foldable: Boolean,
        folded: Boolean,
        dated: Boolean,
        today: PLACE,
        commitment: PLACE,
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
        if (!this.props.foldable) {
            return undefined;
        }
        return this.props.folded ? "false" : "true";
    }

    get barColor() {
        const { document, critical } = this.props.row;
        if (document?.isDone) {
            return "bg-success";
        }
        return critical ? "bg-warning" : "bg-primary";
    }

    get reason() {
        const { overdue, reason, changes } = this.props.row;
        return [overdue, reason, changes].filter(Boolean).join("\n");
    }

    toggle() {
        if (this.props.foldable) {
            this.props.onToggle(this.props.index);
        }
    }
}
