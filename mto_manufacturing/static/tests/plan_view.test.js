import { expect, test } from "@odoo/hoot";
import { click, keyDown, press, queryAll } from "@odoo/hoot-dom";
import { advanceTime, animationFrame, Deferred, runAllTimers } from "@odoo/hoot-mock";
import {
    getService,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { localization } from "@web/core/l10n/localization";
import { WebClient } from "@web/webclient/webclient";
import {
    makePlan,
    names,
    node,
    openPlan,
    startOf,
    usePlanServer,
} from "./plan_fixture";

const server = usePlanServer();

test("nobody knows when a quotation is ready of which something is missing", async () => {
    server.plan = () => makePlan({ state: "draft", promise_is_known: false });
    await openPlan();
    expect(".o_mto_plan").toHaveText(/Promise: not known/);
    expect(".o_mto_plan").not.toHaveText(/Promise: Mar/);
});

test("what is missing for one line leaves the others their promise", async () => {
    const [known] = makePlan().lines;
    const unknown = { ...known, line_id: 2, promise_is_known: false, supplies: [] };
    server.plan = () => makePlan({ state: "draft", lines: [unknown, known] });
    await openPlan();
    expect(".o_mto_plan_row:eq(0) .text-danger").toHaveText("Not known");
    expect(".o_mto_plan_row:eq(0) .fa-flag").toHaveCount(0);
    expect(".o_mto_plan_row:eq(1) .o_mto_plan_dates").toHaveText("Mar 16");
    expect(".o_mto_plan_row:eq(1) .fa-flag").toHaveCount(1);
});

test("the whole chain, with its promise, its faults and its totals", async () => {
    await openPlan();
    expect(".o_breadcrumb").toHaveText("Plan of S00005");
    expect(names()).toEqual(["Table", "Table", "Board", "Leg"]);
    expect(".o_mto_plan").toHaveText(/Promise: Mar 16, 2026/);
    expect(".o_mto_plan").toHaveText(/late by 2.5 days/);
    expect(".o_mto_plan_faults").toHaveText(/S00005 › Table › Leg\s*Nobody sells it./);
    expect(".o_mto_plan_chain").toHaveText(
        /Waits for:\s*Board\s*Mar 12\s*›\s*Table\s*WH\/MO\/00009\s*Mar 15/
    );
    expect(".o_mto_plan_row:eq(2)").toHaveText(/\+ 6 Units to stock/);
    expect(".o_mto_plan_bar").toHaveCount(2);
    const [slack] = queryAll(".o_mto_plan_row .o_mto_plan_slack");
    const bar = slack.parentElement.querySelector(".o_mto_plan_bar");
    expect(startOf(slack)).toBeLessThan(startOf(bar));
    const [grid] = queryAll(".o_mto_plan_grid");
    expect(grid.style.getPropertyValue("--mto-shade")).toMatch(/linear-gradient/);
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

test("with the keyboard where one writes from right to left", async () => {
    await openPlan();
    patchWithCleanup(localization, { direction: "rtl" });
    await click(".o_mto_plan_row:eq(0)");
    await press("ArrowRight");
    await animationFrame();
    expect(names()).toEqual(["Table"]);
    await press("ArrowLeft");
    await animationFrame();
    expect(names()).toHaveLength(4);
});

test("who may not see a document sees its number, and no link", async () => {
    const plan = makePlan();
    plan.lines[0].supplies[0].document.may_open = false;
    server.plan = () => plan;
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
    server.plan = () => plan;
    await openPlan();
    expect(".o_mto_plan_time").toHaveCount(0);
    expect(".o_mto_plan_row:eq(2)").toHaveText(/Why/);
});

test("slow work is told, and a fault with a way to try again", async () => {
    const slow = new Deferred();
    server.plan = () => slow;
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
    server.plan = () => makePlan();
    await click("button:contains(Try again)");
    await animationFrame();
    await animationFrame();
    expect(".o_mto_plan_row").toHaveCount(4);
});

test("documents, how far they are, and a forecast that is later than the plan", async () => {
    const plan = makePlan({
        forecast_date: "2026-03-20T08:00:00",
        commitment_date: "2026-03-14T08:00:00",
    });
    plan.lines[0].forecast_date = "2026-03-20T08:00:00";
    const [table] = plan.lines[0].supplies;
    table.document.done = 1;
    table.forecast_end = "2026-03-19T08:00:00";
    Object.assign(table.supplies[0], {
        planned_end: "2026-03-08T08:00:00",
        changes: [{ code: "moved", text: "Moved: 4 days later" }],
    });
    server.plan = () => plan;
    await openPlan();
    expect(".o_mto_plan_summary").toHaveText(/Forecast: Mar 20, 2026/);
    expect(".o_mto_plan_summary").toHaveText(/4 days later than promised/);
    expect(".o_mto_plan_summary").toHaveText(/Delivery date: Mar 14, 2026/);
    expect(".o_mto_plan_row:eq(1)").toHaveText(/1 of 4 Units/);
    expect(".o_mto_plan_row:eq(1) .o_mto_plan_later").toHaveText("Mar 19");
    expect(".o_mto_plan_row .o_mto_plan_forecast").toHaveCount(2);
    expect(".o_mto_plan_row .o_mto_plan_planned").toHaveCount(1);
    expect(".o_mto_plan_row:eq(2) .o_mto_plan_changed").toHaveAttribute(
        "aria-label",
        "Moved: 4 days later"
    );
    expect(".o_mto_plan_moment.border-info").toHaveCount(4);
    await click("[data-filter=changed]");
    await animationFrame();
    expect(names()).toEqual(["Table", "Table", "Board"]);
    await click(".o_mto_plan_chain a:last");
    await animationFrame();
    await animationFrame();
    expect(".o_mto_plan_row:eq(1)").toBeFocused();
});

test("what should be here already has no beginning any more", async () => {
    const plan = makePlan();
    Object.assign(plan.lines[0].supplies[0].supplies[0], {
        start: "2026-03-14T08:00:00",
        end: "2026-02-27T08:00:00",
        document: { model: "purchase.order", id: 1, name: "P00001", state: "purchase" },
    });
    server.plan = () => plan;
    await openPlan();
    expect(".o_mto_plan_row:eq(2) .o_mto_plan_dates").toHaveText("Feb 27");
    expect(".o_mto_plan_overdue").toHaveAttribute(
        "aria-label",
        "Overdue: it should have been here on Feb 27."
    );
});

test("from a fault to its product, and back to the tree as it was left", async () => {
    await openPlan();
    await click(".o_mto_plan_row:eq(1) .fa-caret-down");
    await animationFrame();
    await click(".o_mto_plan_faults a");
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    expect(".o_form_view").toHaveCount(1);
    await click(".o_breadcrumb a, .breadcrumb-item a");
    await animationFrame();
    await runAllTimers();
    await animationFrame();
    expect(names()).toEqual(["Table", "Table"]);
});

test("a thousand rows: those on the screen are drawn", async () => {
    const plan = makePlan();
    const [table] = plan.lines[0].supplies;
    for (let place = 10; place < 1010; place++) {
        table.supplies.push(node(`1/${place}:stock`, `Part ${place}`, "stock"));
    }
    server.plan = () => plan;
    await openPlan();
    const drawn = names().length;
    expect(drawn).toBeLessThan(60);
    expect(".o_mto_plan_grid").toHaveAttribute("aria-rowcount", "1005");
    await click(".o_mto_plan_row:eq(0)");
    await press("End");
    await animationFrame();
    await animationFrame();
    expect(names().at(-1)).toBe("Part 1009");
    expect(".o_mto_plan_row:last").toBeFocused();
    await press("ArrowLeft");
    await animationFrame();
    expect(".o_mto_plan_row:focus").toHaveText(/Table/);
    await press("ArrowRight");
    await animationFrame();
    expect(".o_mto_plan_row:focus").toHaveText(/Board/);
});
