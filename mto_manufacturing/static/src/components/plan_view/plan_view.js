import { Component, markRaw, onMounted, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { makeRows } from "../../core/plan_rows";
import { PlanTree } from "../../core/plan_tree";
import { useSlowWork } from "../../core/slow_work";
import { findExtent, parseMoment, TimeScale } from "../../core/time_scale";
import { PlanGrid } from "../plan_grid/plan_grid";
import { PlanSummary } from "../plan_summary/plan_summary";
import { PlanWhatIf } from "../plan_what_if/plan_what_if";
import { Working } from "../working/working";

const FILTERS = [
    { name: "critical", text: _t("Critical path"), dated: true },
    { name: "late", text: _t("Late"), dated: true },
    { name: "missing", text: _t("Missing") },
    { name: "purchases", text: _t("Purchases") },
    { name: "productions", text: _t("Productions") },
    { name: "changed", text: _t("Changed"), confirmed: true },
];

/**
 * The chain of an order: the tree of what it needs and what supplies it, beside a time line.
 * Of a quotation what is planned, of a confirmed order its documents.
 */
export class MtoPlanView extends Component {
    static template = "mto_manufacturing.PlanView";
    static components = { Layout, PlanGrid, PlanSummary, PlanWhatIf, Working };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const { params, context } = this.props.action;
        this.orderId = params?.order_id || context?.active_id;
        this.state = useState({ plan: null, saved: null, trying: false, focus: null });
        this.tree = useState(new PlanTree());
        this.loading = useSlowWork();
        // The same functions every time: what is given others is not drawn again.
        this.acts = {
            goTo: (index) => this.goTo(index),
            open: (index) => this.open(index),
            openRecord: (model, id) => this.openRecord(model, id),
        };
        // Whoever comes back from a document finds the tree as it was left.
        useSetupAction({ getLocalState: () => ({ tree: this.tree.toState() }) });
        onMounted(() => this.load(this.props.state?.tree));
    }

    async load(kept) {
        const plan = await this.loading.run(() => this.fetchPlan());
        if (plan) {
            this.env.config.setDisplayName(_t("Plan of %s", plan.name));
            Object.assign(this.state, { saved: markRaw(plan), trying: false });
            this.show(plan);
            this.tree.restore(kept);
        }
    }

    fetchPlan() {
        if (!this.orderId) {
            throw new Error(_t("Open the plan from an order."));
        }
        return this.orm.call("sale.order", "get_mto_plan", [[this.orderId]]);
    }

    /** Show a plan: the order's own, or one that is tried. */
    show(plan) {
        const rows = markRaw(makeRows(plan));
        this.tree.setRows(rows);
        this.scale = makeScale(plan, rows);
        this.state.plan = markRaw(plan);
    }

    get workingWords() {
        return _t("Working out what the order needs, where it comes from and when ...");
    }

    get dated() {
        return !this.scale.isEmpty;
    }

    get isConfirmed() {
        return this.state.plan.state === "sale";
    }

    get filters() {
        return FILTERS.filter(
            ({ dated, confirmed }) =>
                (this.dated || !dated) && (this.isConfirmed || !confirmed)
        );
    }

    get mayTry() {
        return ["draft", "sent"].includes(this.state.plan.state) && this.dated;
    }

    stopTrying() {
        this.state.trying = false;
        this.show(this.state.saved);
    }

    /** Show a row, wherever it is hidden, and go there. */
    goTo(index) {
        this.tree.reveal(index);
        this.state.focus = { key: this.tree.rows[index].key };
    }

    open(index) {
        const { document } = this.tree.rows[index].data;
        if (document?.may_open) {
            this.openRecord(document.model, document.id);
        }
    }

    openRecord(model, id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

const MOMENTS = [
    "earliest_start",
    "start",
    "end",
    "forecast_end",
    "planned_end",
    "promise_date",
    "forecast_date",
];

/** A scale on which all of a plan can be seen, and today. */
function makeScale(plan, rows) {
    const texts = rows.flatMap(({ data }) => MOMENTS.map((name) => data[name]));
    const [first, last] = findExtent([...texts, plan.promise_date]).map(parseMoment);
    if (!first) {
        return new TimeScale([]);
    }
    const commitment = parseMoment(plan.commitment_date);
    return new TimeScale([first, last, commitment, luxon.DateTime.now()]);
}

registry.category("actions").add("mto_plan", MtoPlanView);
