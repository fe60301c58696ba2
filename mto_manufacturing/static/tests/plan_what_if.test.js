import { expect, test } from "@odoo/hoot";
import { click, edit, queryAllTexts, select } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { makeMockEnv, makeServerError, onRpc } from "@web/../tests/web_test_helpers";
import { formatDuration } from "@mto_manufacturing/core/plan_words";
import { makePlan, openPlan, usePlanServer } from "./plan_fixture";

const server = usePlanServer();

function quotation(values = {}) {
    const plan = makePlan({ state: "draft", feasible: true, ...values });
    plan.lines[0].promise_date = plan.promise_date;
    return plan;
}

const DATES = { before: "2026-03-16T08:00:00", after: "2026-03-20T08:00:00", days: 4 };
const LATER = {
    promise_date: DATES.after,
    difference: { ...DATES, lines: [{ line_id: 1, ...DATES }] },
    idle: [],
};

test("what if: a quantity is tried, compared, discarded, applied", async () => {
    server.plan = quotation;
    onRpc("sale.order", "preview_mto_plan", ({ args }) => {
        expect.step(args[1]);
        return quotation(LATER);
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
    expect(".o_mto_what_if [role=status] .fw-bold").toHaveText(
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

test("what if: another vendor, idle stock, a fault with a way to try again", async () => {
    server.plan = quotation;
    let fault = null;
    onRpc("sale.order", "preview_mto_plan", ({ args }) => {
        expect.step(args[1]);
        if (fault) {
            throw fault;
        }
        const idle = [
            { product: "Board", quantity: 4, uom: "Units", holder: "WH/INT/1" },
        ];
        return quotation({ ...LATER, idle });
    });
    await openPlan();
    await click("button:contains(What if?)");
    await animationFrame();
    await animationFrame();
    expect(queryAllTexts("[data-vendors='7'] option")).toEqual([
        "Woodcorp: 10 days",
        "Quickboard: 3 days",
    ]);
    await click("[data-vendors='7']");
    await select("22");
    await runAllTimers();
    await animationFrame();
    expect.verifySteps([{ quantities: {}, expedite: {}, vendors: { 7: 22 } }]);
    expect(".o_mto_what_if_outcome").toHaveText(/no part of the quotation/);
    fault = makeServerError({ message: "No luck" });
    await click("[name=idle]");
    await runAllTimers();
    await animationFrame();
    expect(".o_mto_what_if [role=alert]").toHaveText(/No luck/);
    fault = null;
    await click(".o_mto_what_if [role=alert] button");
    await runAllTimers();
    await animationFrame();
    expect(".o_mto_what_if_outcome").toHaveText(
        /4 Units of Board would have to be unreserved from WH\/INT\/1/
    );
    const tried = { quantities: {}, expedite: {}, vendors: { 7: 22 }, use_idle: true };
    expect.verifySteps([tried, tried]);
});

test("a length of time, in hours below a day", async () => {
    await makeMockEnv();
    expect([0.01, 0.5, 1, 1.26, 2, 12].map(formatDuration)).toEqual([
        "1 hour",
        "12 hours",
        "1 day",
        "1.3 days",
        "2 days",
        "12 days",
    ]);
});
