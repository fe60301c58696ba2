import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { formatDay, formatDays, wholeDays } from "../../core/plan_words";

const PAUSE = 400;
const QUANTITY = { line_id: Number, name: String, quantity: Number };
const PURCHASE = { product_id: Number, name: String };

/**
 * Try other quantities, another wanted date and faster purchases on a quotation's plan. Nothing
 * is saved until a person applies it.
 */
export class PlanWhatIf extends Component {
    static template = "mto_manufacturing.PlanWhatIf";
    static props = {
        lines: { type: Array, element: { type: Object, shape: QUANTITY } },
        purchases: { type: Array, element: { type: Object, shape: PURCHASE } },
        moved: { type: [Array, { value: null }] },
        onTry: Function,
        onApply: Function,
        onClose: Function,
    };

    setup() {
        this.state = useState({ quantities: {}, wanted: "", sooner: {} });
        this.ask = useDebounced(() => this.props.onTry(this.changes), PAUSE);
    }

    /** What differs from the quotation, as the server wants it. */
    get changes() {
        const { quantities, wanted, sooner } = this.state;
        const changes = { quantities: {}, expedite: {} };
        for (const { line_id, quantity } of this.props.lines) {
            const other = quantities[line_id];
            if (other !== undefined && other !== quantity) {
                changes.quantities[line_id] = other;
            }
        }
        for (const [product, days] of Object.entries(sooner)) {
            if (days) {
                changes.expedite[product] = days;
            }
        }
        if (wanted) {
            const end = luxon.DateTime.fromISO(wanted).endOf("day").toUTC();
            changes.commitment_date = end.toFormat("yyyy-MM-dd'T'HH:mm:ss");
        }
        return changes;
    }

    get changed() {
        const { quantities, expedite, commitment_date } = this.changes;
        return Boolean(
            Object.keys(quantities).length ||
            Object.keys(expedite).length ||
            commitment_date
        );
    }

    /** Faster vendors are for a person to find: only the rest can be written. */
    get applicable() {
        const { quantities, commitment_date } = this.changes;
        return Boolean(Object.keys(quantities).length || commitment_date);
    }

    /** For each line whose date differs from the quotation's: by how much. */
    get differences() {
        return this.props.moved.map(({ name, before, after, days }) => {
            const [from, to] = [formatDay(before), formatDay(after)];
            const time = formatDays(wholeDays(days));
            return days < 0
                ? _t("%(name)s: %(to)s instead of %(from)s, %(time)s sooner", {
                      name,
                      to,
                      from,
                      time,
                  })
                : _t("%(name)s: %(to)s instead of %(from)s, %(time)s later", {
                      name,
                      to,
                      from,
                      time,
                  });
        });
    }

    setNumber(group, key, event) {
        const value = event.target.valueAsNumber;
        if (Number.isNaN(value)) {
            delete this.state[group][key];
        } else {
            this.state[group][key] = Math.max(value, 0);
        }
        this.ask();
    }

    setWanted(event) {
        this.state.wanted = event.target.value;
        this.ask();
    }

    discard() {
        Object.assign(this.state, { quantities: {}, wanted: "", sooner: {} });
        this.ask.cancel();
        this.props.onClose();
    }
}
