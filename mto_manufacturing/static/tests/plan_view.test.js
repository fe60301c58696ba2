import { beforeEach, expect, test } from "@odoo/hoot";
import { click, edit, keyDown, press, queryAll, queryAllTexts } from "@odoo/hoot-dom";
import {
    animationFrame,
    mockDate,
    runAllTimers,
    advanceTime,
    Deferred,
} from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

class SaleOrder extends models.Model {
    _name = "sale.order";
    name = fields.Char();
    state = fields.Char();
    _records = [{ id: 5, name: "S00005", state: "sale" }];
}

class SaleOrderLine extends models.Model {
    _name = "sale.order.line";
    order_id = fields.Many2one({ relation: "sale.order" });
    product_id = fields.Many2one({ relation: "product.product" });
    product_uom_qty = fields.Float();
    _records = [{ id: 1, order_id: 5, product_id: 3, product_uom_qty: 4 }];
}

class Product extends models.Model {
    _name = "product.product";
    name = fields.Char();
    _records = [{ id: 3, name: "Table" }];
}

class Production extends models.Model {
    _name = "mrp.production";
    name = fields.Char();
    _records = [{ id: 9, name: "WH/MO/00009" }];
    _views = { form: `<form><field name="name"/></form>` };
}

defineMailModels();
defineModels([SaleOrder, SaleOrderLine, Product, Production]);

const node = (key, product, supply, values = {}) => ({
    key,
    product,
    supply,
    quantity: 4,
    uom: "Units",
    supplies: [],
    reason: { code: "", text: "Why" },
    surplus: 0,
    document: null,
    ...values,
});

function makePlan(values = {}) {
    const board = node("1/2:purchase", "Board", "purchase", {
        earliest_start: "2026-03-01T08:00:00",
        product_id: 7,
        start: "2026-03-02T08:00:00",
        end: "2026-03-12T08:00:00",
        critical: true,
        surplus: 6,
    });
    const table = node("1:production", "Table", "production", {
        start: "2026-03-12T08:00:00",
        end: "2026-03-15T08:00:00",
        critical: true,
        document: {
            model: "mrp.production",
            id: 9,
            name: "WH/MO/00009",
            state: "confirmed",
            quantity: 4,
        },
        supplies: [board, node("1/3:missing", "Leg", "missing")],
    });
    return {
        version: 1,
        order_id: 5,
        promise_date: "2026-03-16T08:00:00",
        feasible: false,
        blockers: [],
        gaps: [
            {
                code: "x",
                message: "Nobody sells it.",
                path: ["S00005", "Table", "Leg"],
            },
        ],
        warnings: [],
        lines: [
            {
                line_id: 1,
                product_id: 3,
                quantity: 4,
                promise_date: "2026-03-16T08:00:00",
                late_days: 2.5,
                supplies: [table],
            },
        ],
        ...values,
    };
}

let answer = null;

beforeEach(() => {
    mockDate("2026-03-01 12:00:00");
    answer = () => makePlan();
    onRpc("sale.order", "get_mto_plan", () => answer());
    onRpc("has_access", () => true);
});

async function openPlan() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "mto_plan",
        params: { order_id: 5 },
    });
    await runAllTimers();
    await animationFrame();
}

const names = () => queryAllTexts(".o_mto_plan_row [role=gridcell]:first-child");

test("the whole chain, with its promise, its faults and its totals", async () => {
    await openPlan();
    expect(".o_breadcrumb").toHaveText("Plan of S00005");
    expect(names()).toEqual(["Table", "Table", "Board", "Leg"]);
    expect(".o_mto_plan").toHaveText(/Promise: Mar 16, 2026/);
    expect(".o_mto_plan").toHaveText(/late by 3 days/);
    expect(".o_mto_plan_faults").toHaveText("S00005 › Table › Leg: Nobody sells it.");
    expect(".o_mto_plan_row:eq(2)").toHaveText(/\+ 6 Units to stock/);
    expect(".o_mto_plan_bar").toHaveCount(2);
    const [slack] = queryAll(".o_mto_plan_slack");
    const bar = slack.parentElement.lastElementChild;
    expect(parseFloat(slack.style.left)).toBeLessThan(parseFloat(bar.style.left));
});

test("rows are folded and filtered", async () => {
    await openPlan();
    await click(".o_mto_plan_row:eq(1) .fa-caret-down");
    await animationFrame();
    expect(names()).toEqual(["Table", "Table"]);
    await click("button:contains(Unfold all)");
    await click("[data-filter=missing]");
    await animationFrame();
    expect(names()).toEqual(["Table", "Table", "Leg"]);
    await click("[data-filter=missing]");
    await click("button:contains(/^Fold all$/)");
    await animationFrame();
    expect(names()).toEqual(["Table"]);
});

test("with the keyboard: down, fold, unfold, up, open", async () => {
    await openPlan();
    await click(".o_mto_plan_row:eq(0)");
    await keyDown("ArrowDown");
    await animationFrame();
    expect(".o_mto_plan_row:eq(1)").toBeFocused();
    await press("ArrowLeft");
    await animationFrame();
    expect(names()).toEqual(["Table", "Table"]);
    await press("ArrowRight");
    await animationFrame();
    expect(names()).toHaveLength(4);
    await press("Enter");
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    expect(".o_breadcrumb").toHaveText(/WH\/MO\/00009/);
});

test("who may not see a document sees its number, and no link", async () => {
    onRpc("has_access", () => false);
    await openPlan();
    expect(".o_mto_plan_row:eq(1)").toHaveText(/WH\/MO\/00009/);
    expect(".o_mto_plan_row a").toHaveCount(0);
});

test("without dates there is no time line, but the reasons", async () => {
    const plan = makePlan({ promise_date: null });
    plan.lines[0].promise_date = null;
    for (const one of [
        plan.lines[0].supplies[0],
        ...plan.lines[0].supplies[0].supplies,
    ]) {
        Object.assign(one, { earliest_start: null, start: null, end: null });
    }
    answer = () => plan;
    await openPlan();
    expect(".o_mto_plan_time").toHaveCount(0);
    expect(".o_mto_plan_row:eq(2)").toHaveText(/Why/);
});

test("slow work is told, and a fault with a way to try again", async () => {
    const slow = new Deferred();
    answer = () => slow;
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "mto_plan",
        params: { order_id: 5 },
    });
    await advanceTime(400);
    await animationFrame();
    expect("[role=status]").toHaveText("Working...");
    await advanceTime(2000);
    await animationFrame();
    expect("[role=status]").toHaveText(/Working out what the order needs/);
    slow.reject(new Error("No luck"));
    await animationFrame();
    await animationFrame();
    expect(".alert-danger").toHaveText(/The plan cannot be shown: No luck/);
    answer = () => makePlan();
    await click("button:contains(Try again)");
    await animationFrame();
    await animationFrame();
    expect(".o_mto_plan_row").toHaveCount(4);
});

test("what if: a quantity is tried, compared, discarded, applied", async () => {
    SaleOrder._records = [{ id: 5, name: "S00005", state: "draft" }];
    onRpc("sale.order", "preview_mto_plan", ({ args }) => {
        expect.step(args[1]);
        const plan = makePlan({ promise_date: "2026-03-20T08:00:00" });
        plan.lines[0].promise_date = "2026-03-20T08:00:00";
        return plan;
    });
    onRpc("sale.order", "action_mto_apply_changes", ({ args }) => {
        expect.step(["apply", args[1]]);
        return true;
    });
    await openPlan();
    await click("button:contains(What if?)");
    await animationFrame();
    expect("[data-line='1']").toHaveValue(4);
    await click("[data-product='7']");
    await edit(3);
    await runAllTimers();
    await animationFrame();
    expect.verifySteps([{ quantities: {}, expedite: { 7: 3 } }]);
    expect("button:contains(Apply to the quotation)").toHaveCount(0);
    await click("[data-line='1']");
    await edit(6);
    await runAllTimers();
    await animationFrame();
    expect.verifySteps([{ quantities: { 1: 6 }, expedite: { 7: 3 } }]);
    expect(".o_mto_what_if [role=status]").toHaveText(
        "Table: Mar 20 instead of Mar 16, 4 days later"
    );
    expect(".o_mto_plan").toHaveText(/Promise: Mar 20, 2026/);
    await click("button:contains(Discard)");
    await animationFrame();
    expect(".o_mto_plan").toHaveText(/Promise: Mar 16, 2026/);
    await click("button:contains(What if?)");
    await animationFrame();
    await click("[data-line='1']");
    await edit(6);
    await runAllTimers();
    await animationFrame();
    await click("button:contains(Apply to the quotation)");
    await animationFrame();
    expect.verifySteps([
        { quantities: { 1: 6 }, expedite: {} },
        ["apply", { quantities: { 1: 6 }, expedite: {} }],
    ]);
});
