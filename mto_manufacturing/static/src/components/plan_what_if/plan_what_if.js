import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import {
    formatDay,
    formatDays,
    formatDuration,
    formatQuantity,
} from "../../core/plan_words";
import { useSlowWork } from "../../core/slow_work";
import { parseMoment, writeMoment } from "../../core/time_scale";
import { Working } from "../working/working";

const PAUSE = 400;

/** So many purchases are offered before a person asks for all. */
const MOST_PURCHASES = 12;

const NOTHING = { quantities: {}, wanted: "", sooner: {}, vendors: {}, idle: false };

/**
 * Try other quantities, another wanted date, other or faster vendors and idle stock on a
 * quotation's plan. Nothing is saved until a person applies it.
 */
export class PlanWhatIf extends Component {
    static template = "mto_manufacturing.PlanWhatIf";
    static components = { Working };
    static props = {
        orderId: Number,
        plan: Object,
        rows: Array,
        onPlan: Function,
        onApplied: Function,
        onClose: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.trial = useSlowWork();
        this.state = useState({ ...structuredClone(NOTHING), tried: null, all: false });
        this.purchases = findPurchases(this.props.rows);
        this.ask = useDebounced(() => this.try(), PAUSE);
        this.vendors = {};
        onWillStart(() => this.loadChoices());
    }

    async loadChoices() {
        const choices = await this.trial.run(() =>
            this.call("get_mto_choices", [[this.props.orderId]])
        );
        this.vendors = choices?.vendors || {};
    }

    call(method, args) {
        return this.orm.call("sale.order", method, args);
    }

    get workingWords() {
        return _t("Working out what would be otherwise ...");
    }

    // -- what is tried -----------------------------------------------------------------

    /** What differs from the quotation, as the server wants it. */
    get changes() {
        const { quantities, wanted, sooner, vendors, idle } = this.state;
        const changes = { quantities: {}, expedite: {} };
        for (const { line_id, ordered } of this.props.plan.lines) {
            const other = quantities[line_id];
            if (other !== undefined && other !== ordered.quantity) {
                changes.quantities[line_id] = other;
            }
        }
        for (const [product, days] of Object.entries(sooner)) {
            if (days) {
                changes.expedite[product] = days;
            }
        }
        if (Object.keys(vendors).length) {
            changes.vendors = { ...vendors };
        }
        if (idle) {
            changes.use_idle = true;
        }
        if (wanted) {
            const end = luxon.DateTime.fromISO(wanted).endOf("day");
            changes.commitment_date = writeMoment(end);
        }
        return changes;
    }

    get changed() {
        const { quantities, expedite, ...others } = this.changes;
        const counts = [quantities, expedite, others].map(
            (one) => Object.keys(one).length
        );
        return counts.some(Boolean);
    }

    /** Vendors and stock are for others to decide on: only the rest can be written. */
    get applicable() {
        const { quantities, commitment_date } = this.changes;
        return Boolean(Object.keys(quantities).length || commitment_date);
    }

    get isPartlyApplicable() {
        const { expedite, vendors, use_idle } = this.changes;
        return Boolean(Object.keys(expedite).length || vendors || use_idle);
    }

    get shownPurchases() {
        return this.state.all
            ? this.purchases
            : this.purchases.slice(0, MOST_PURCHASES);
    }

    get morePurchases() {
        const more = this.purchases.length - this.shownPurchases.length;
        return more ? _t("Show %s more", more) : "";
    }

    /** The vendors of a product, where there is a choice. */
    vendorsOf(product) {
        const vendors = this.vendors[product] || [];
        return vendors.length < 2
            ? []
            : vendors.map(({ id, name, days, chosen }) => ({
                  id,
                  chosen,
                  text: _t("%(vendor)s: %(time)s", {
                      vendor:
                          name || (chosen ? _t("As planned") : _t("Another vendor")),
                      time: formatDays(days),
                  }),
              }));
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

    setVendor(product, event) {
        const id = Number(event.target.value);
        const chosen = this.vendors[product].find((vendor) => vendor.chosen);
        if (id === chosen?.id) {
            delete this.state.vendors[product];
        } else {
            this.state.vendors[product] = id;
        }
        this.ask();
    }

    setWanted(event) {
        this.state.wanted = event.target.value;
        this.ask();
    }

    setIdle(event) {
        this.state.idle = event.target.checked;
        this.ask();
    }

    // -- what comes of it --------------------------------------------------------------

    async try() {
        this.state.tried = null;
        const { changes } = this;
        const plan = await this.trial.run(() =>
            this.call("preview_mto_plan", [[this.props.orderId], changes])
        );
        if (plan) {
            const moved = plan.difference.lines.filter((line) => line.days);
            this.state.tried = { moved, idle: plan.idle };
            this.props.onPlan(plan);
        }
    }

    /** For each line whose date differs from the quotation's: by how much. */
    get differences() {
        const names = new Map(
            this.props.plan.lines.map((line) => [line.line_id, line.product])
        );
        return this.state.tried.moved.map(({ line_id, before, after, days }) => {
            const name = names.get(line_id);
            const [from, to] = [before, after].map((one) =>
                formatDay(parseMoment(one))
            );
            const words = { name, to, from, time: formatDuration(days) };
            return days < 0
                ? {
                      isLater: false,
                      text: _t(
                          "%(name)s: %(to)s instead of %(from)s, %(time)s sooner",
                          words
                      ),
                  }
                : {
                      isLater: true,
                      text: _t(
                          "%(name)s: %(to)s instead of %(from)s, %(time)s later",
                          words
                      ),
                  };
        });
    }

    /** What others have reserved and would have to give up. */
    get given() {
        return this.state.tried.idle.map(({ quantity, uom, product, holder }) =>
            _t(
                "%(quantity)s of %(product)s would have to be unreserved from %(holder)s.",
                {
                    quantity: formatQuantity(quantity, uom),
                    product,
                    holder,
                }
            )
        );
    }

    async apply() {
        const { changes } = this;
        const applied = await this.trial.run(async () => {
            const args = [[this.props.orderId], changes];
            await this.call("action_mto_apply_changes", args);
            return true;
        });
        if (applied) {
            this.props.onApplied();
        }
    }

    discard() {
        this.ask.cancel();
        this.trial.cancel();
        this.props.onClose();
    }
}

/** The products that a plan buys, each once; first those that a date waits for. */
function findPurchases(rows) {
    const bought = rows.filter((row) => row.supply === "purchase");
    const [waited, others] = [true, false].map((critical) =>
        bought.filter((row) => row.critical === critical)
    );
    const names = new Map();
    for (const { data } of [...waited, ...others]) {
        names.set(data.product_id, data.product);
    }
    return [...names].map(([product_id, name]) => ({ product_id, name }));
}
