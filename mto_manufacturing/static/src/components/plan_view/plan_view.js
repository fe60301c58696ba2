import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import {
    countSupplies,
    filterRows,
    foldableKeys,
    foldToCritical,
    hasChildren,
    makeRows,
    visibleRows,
    windowOf,
} from "../../core/plan_rows";
import { describeTotal, formatDay, formatDays, wholeDays } from "../../core/plan_words";
import { compareLines } from "../../core/promise_summary";
import { describeRow } from "../../core/row_sketch";
import { PlanWhatIf } from "../plan_what_if/plan_what_if";
import { PlanRow } from "../plan_row/plan_row";
import { parseMoment, TimeScale } from "../../core/time_scale";

/** After so many milliseconds of work a sign, and after so many words, say so. */
const SIGN_AFTER = 300;
const WORDS_AFTER = 2000;

/** Heights of a row in pixels, for wide and for narrow screens. */
const ROW = 34;
const SMALL_ROW = 56;

const FILTERS = [
    { name: "critical", text: _t("Critical path"), dated: true },
    { name: "late", text: _t("Late"), dated: true },
    { name: "missing", text: _t("Missing") },
    { name: "purchases", text: _t("Purchases") },
    { name: "productions", text: _t("Productions") },
];

/**
 * The chain of an order: the tree of what it needs and what supplies it, beside a time line.
 * Of a quotation what is planned, of a confirmed order its documents.
 */
export class MtoPlanView extends Component {
    static template = "mto_manufacturing.PlanView";
    static components = { Layout, PlanRow, PlanWhatIf };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.grid = useRef("grid");
        this.orderId = this.findOrder();
        this.state = useState({
            status: "loading",
            wait: 0,
            fault: "",
            filter: "",
            trying: false,
            moved: null,
            shown: [],
            top: 0,
            height: 800,
            active: 0,
            focused: -1,
        });
        this.rows = [];
        this.folded = new Set();
        this.mayOpen = {};
        this.timers = [];
        onMounted(() => this.load());
        onWillUnmount(() => this.stopTimers());
    }

    findOrder() {
        const { params, context } = this.props.action;
        return params?.order_id || context?.active_id;
    }

    // -- loading -----------------------------------------------------------------------

    async load() {
        Object.assign(this.state, { status: "loading", wait: 0, fault: "" });
        this.timers = [
            setTimeout(() => (this.state.wait = 1), SIGN_AFTER),
            setTimeout(() => (this.state.wait = 2), WORDS_AFTER),
        ];
        try {
            this.plan = await this.fetchPlan();
            await this.askRights();
        } catch (error) {
            this.state.fault = error.data?.message || error.message || "";
            this.state.status = "error";
            return;
        } finally {
            this.stopTimers();
        }
        this.prepare();
        this.state.status = "ready";
    }

    async fetchPlan() {
        if (!this.orderId) {
            throw new Error(_t("Open the plan from an order."));
        }
        const [order] = await this.orm.read(
            "sale.order",
            [this.orderId],
            ["name", "state"]
        );
        this.order = order;
        const lines = await this.orm.searchRead(
            "sale.order.line",
            [["order_id", "=", this.orderId]],
            ["product_id", "product_uom_qty"]
        );
        this.quantities = Object.fromEntries(
            lines.map((line) => [line.id, line.product_uom_qty])
        );
        this.names = Object.fromEntries(
            lines.map((line) => [line.id, line.product_id?.[1]])
        );
        this.env.config.setDisplayName(_t("Plan of %s", order.name));
        return this.orm.call("sale.order", "get_mto_plan", [[this.orderId]]);
    }

    async askRights() {
        this.rows = makeRows(this.plan);
        const models = new Set(
            this.rows.map((row) => row.data.document?.model).filter(Boolean)
        );
        for (const model of models) {
            this.mayOpen[model] = await user.checkAccessRight(model, "read");
        }
    }

    stopTimers() {
        this.timers.forEach((timer) => clearTimeout(timer));
    }

    prepare() {
        const moments = this.rows.flatMap(({ data }) => [
            parseMoment(data.earliest_start),
            parseMoment(data.start),
            parseMoment(data.end),
            parseMoment(data.promise_date),
        ]);
        moments.push(parseMoment(this.plan.promise_date));
        this.scale = new TimeScale(moments);
        if (!this.scale.isEmpty) {
            this.scale = new TimeScale([...moments, luxon.DateTime.now()]);
        }
        this.totals = countSupplies(this.rows);
        this.refresh();
    }

    refresh() {
        this.kept = filterRows(this.rows, this.state.filter);
        this.state.shown = visibleRows(this.rows, this.folded, this.kept);
        this.state.active = Math.min(this.state.active, this.state.shown.length - 1);
    }

    get rowHeight() {
        return this.env.isSmall ? SMALL_ROW : ROW;
    }

    // -- what is drawn -----------------------------------------------------------------

    get dated() {
        return !this.scale.isEmpty;
    }

    get filters() {
        return FILTERS.filter((filter) => this.dated || !filter.dated);
    }

    get faults() {
        return [
            ...this.plan.blockers.map((fault) => ({ ...fault, color: "danger" })),
            ...this.plan.gaps.map((fault) => ({ ...fault, color: "warning" })),
            ...this.plan.warnings.map((fault) => ({ ...fault, color: "info" })),
        ];
    }

    describeTotal(total) {
        return describeTotal(total);
    }

    /** The promise; where lines have others of their own, the first and the last. */
    get promise() {
        const moments = [this.plan, ...this.plan.lines]
            .map((one) => parseMoment(one.promise_date))
            .filter(Boolean);
        if (!moments.length) {
            return "";
        }
        const [first, last] = [luxon.DateTime.min, luxon.DateTime.max].map((pick) =>
            pick(...moments).toLocaleString(luxon.DateTime.DATE_MED)
        );
        return first === last ? first : `${first} – ${last}`;
    }

    get lateness() {
        const days = Math.max(0, ...this.plan.lines.map((line) => line.late_days || 0));
        return days > 0 ? _t("late by %s", formatDays(wholeDays(days))) : "";
    }

    get drawn() {
        const { shown, top, height } = this.state;
        const { rowHeight } = this;
        const { first, last } = windowOf(shown.length, top, height, rowHeight);
        return {
            above: first * rowHeight,
            below: (shown.length - last) * rowHeight,
            rows: shown.slice(first, last).map((index, place) => ({
                index,
                place: first + place,
                foldable: hasChildren(this.rows, index),
                folded: this.folded.has(this.rows[index].key),
                ...describeRow(this.rows[index], this),
            })),
        };
    }

    placeOf(moment) {
        return moment && this.dated ? this.scale.place(moment) : null;
    }

    get marks() {
        return this.scale.marks.map(({ day, left }) => ({
            left,
            text: formatDay(day),
        }));
    }

    get today() {
        return this.placeOf(luxon.DateTime.now());
    }

    // -- what if -----------------------------------------------------------------------

    get mayTry() {
        return ["draft", "sent"].includes(this.order.state) && this.dated;
    }

    get triedLines() {
        return this.plan.lines.map(({ line_id }) => ({
            line_id,
            name: this.names[line_id] || "",
            quantity: this.quantities[line_id],
        }));
    }

    get triedPurchases() {
        const bought = this.saved.filter((row) => row.supply === "purchase");
        const names = new Map(
            bought.map(({ data }) => [data.product_id, data.product])
        );
        return [...names].map(([product_id, name]) => ({ product_id, name }));
    }

    startTrying() {
        this.saved = this.rows;
        this.savedPlan = this.plan;
        this.state.trying = true;
    }

    async try(changes) {
        try {
            const plan = await this.orm.call("sale.order", "preview_mto_plan", [
                [this.orderId],
                changes,
            ]);
            if (this.state.trying) {
                this.show(plan);
                this.state.moved = compareLines(this.savedPlan, plan, this.names);
            }
        } catch (error) {
            this.state.moved = null;
            throw error;
        }
    }

    stopTrying() {
        this.state.trying = false;
        this.state.moved = null;
        this.show(this.savedPlan);
    }

    async apply(changes) {
        await this.orm.call("sale.order", "action_mto_apply_changes", [
            [this.orderId],
            changes,
        ]);
        Object.assign(this.state, { trying: false, moved: null });
        await this.load();
    }

    show(plan) {
        this.plan = plan;
        this.rows = makeRows(plan);
        this.prepare();
    }

    // -- what a person does ------------------------------------------------------------

    onScroll() {
        const { scrollTop, clientHeight } = this.grid.el;
        Object.assign(this.state, { top: scrollTop, height: clientHeight });
    }

    toggle(index) {
        const { key } = this.rows[index];
        if (!this.folded.delete(key)) {
            this.folded.add(key);
        }
        this.refresh();
    }

    foldAll() {
        this.folded = new Set(foldableKeys(this.rows));
        this.refresh();
    }

    unfoldAll() {
        this.folded = new Set();
        this.refresh();
    }

    openCritical() {
        this.folded = new Set(foldToCritical(this.rows));
        this.refresh();
    }

    setFilter(name) {
        this.state.filter = this.state.filter === name ? "" : name;
        this.refresh();
    }

    open(index) {
        const { document } = this.rows[index].data;
        if (document && this.mayOpen[document.model]) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: document.model,
                res_id: document.id,
                views: [[false, "form"]],
            });
        }
    }

    onKeydown(event) {
        const { active, shown } = this.state;
        const index = shown[active];
        const folded = this.folded.has(this.rows[index]?.key);
        const foldable = index !== undefined && hasChildren(this.rows, index);
        const acts = {
            ArrowDown: () => this.focus(active + 1),
            ArrowUp: () => this.focus(active - 1),
            Home: () => this.focus(0),
            End: () => this.focus(shown.length - 1),
            ArrowRight: () => (foldable && folded ? this.toggle(index) : null),
            ArrowLeft: () =>
                foldable && !folded ? this.toggle(index) : this.focusAbove(),
            Enter: () => this.open(index),
        };
        if (acts[event.key]) {
            event.preventDefault();
            acts[event.key]();
        }
    }

    focusAbove() {
        const above = this.rows[this.state.shown[this.state.active]].parent;
        if (above >= 0) {
            this.focus(this.state.shown.indexOf(above));
        }
    }

    onFocus(place) {
        Object.assign(this.state, { active: place, focused: place });
    }

    focus(place) {
        const { rowHeight } = this;
        const last = this.state.shown.length - 1;
        const grid = this.grid.el;
        this.onFocus(Math.min(Math.max(place, 0), last));
        const top = this.state.active * rowHeight;
        const lowest = grid.scrollTop + grid.clientHeight - 2 * rowHeight;
        if (top < grid.scrollTop || top > lowest) {
            grid.scrollTop = Math.max(top - grid.clientHeight / 2, 0);
        }
    }
}

registry.category("actions").add("mto_plan", MtoPlanView);
