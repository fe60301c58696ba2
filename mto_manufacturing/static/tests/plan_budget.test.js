/** What a large plan may cost the page: counted, so that it holds on every machine. */

import { expect, test } from "@odoo/hoot";
import { click, queryAll, queryOne, scroll } from "@odoo/hoot-dom";
import { animationFrame, runAllTimers } from "@odoo/hoot-mock";
import { patchWithCleanup } from "@web/../tests/web_test_helpers";
import { PlanRow } from "@mto_manufacturing/components/plan_row/plan_row";
import { makePlan, names, node, openPlan, usePlanServer } from "./plan_fixture";

const server = usePlanServer();

const ROW_HEIGHT = 34;

/** A table of a thousand parts, each bought, each as late as the others. */
function makeLargePlan() {
    const plan = makePlan({ state: "draft" });
    const [table] = plan.lines[0].supplies;
    table.supplies = Array.from({ length: 1000 }, (_, place) =>
        node(`1/${place}:purchase`, `Part ${place}`, "purchase", {
            product_id: 100 + place,
            start: "2026-03-02T08:00:00",
            end: "2026-03-12T08:00:00",
            critical: true,
        })
    );
    return plan;
}

/** @returns {Function} how many rows were drawn since it was asked last */
function countDrawings() {
    let drawn = 0;
    patchWithCleanup(PlanRow.prototype, {
        get expanded() {
            drawn += 1;
            return super.expanded;
        },
    });
    return () => {
        const count = drawn;
        drawn = 0;
        return count;
    };
}

test("a thousand rows are opened by drawing a screenful, once", async () => {
    const count = countDrawings();
    server.plan = makeLargePlan;
    await openPlan();
    const shown = names().length;
    expect(shown).toBeWithin(20, 60);
    // A second time for the row that can be reached with the keyboard, at most.
    expect(count()).toBeLessThan(shown + 10);
    // One step stands for all that are there at the same time.
    expect(".o_mto_plan_chain a").toHaveCount(2);
});

test("what is scrolled away and comes is all that the page is changed by", async () => {
    const count = countDrawings();
    server.plan = makeLargePlan;
    await openPlan();
    count();
    const grid = queryOne(".o_mto_plan_grid");
    let added = 0;
    const isRow = (element) => element.classList?.contains("o_mto_plan_row");
    const observer = new MutationObserver((records) => {
        for (const { addedNodes } of records) {
            added += [...addedNodes].filter(isRow).length;
        }
    });
    observer.observe(grid, { childList: true });
    const steps = 30;
    for (let step = 1; step <= steps; step++) {
        await scroll(grid, { y: step * 7 * ROW_HEIGHT });
        await animationFrame();
        await animationFrame();
    }
    observer.disconnect();
    expect(names()).toInclude(`Part ${steps * 7 + 5}`);
    expect(queryAll(".o_mto_plan_row").length).toBeLessThan(70);
    expect(count()).toBeLessThan(steps * 7 + 20);
    expect(added).toBeLessThan(steps * 7 + 20);
});

test("what is tried on it offers the purchases that the date waits for, and the rest on demand", async () => {
    server.plan = makeLargePlan;
    await openPlan();
    await click("button:contains(What if?)");
    await runAllTimers();
    await animationFrame();
    expect("[data-product]").toHaveCount(12);
    await click(".o_mto_what_if button:contains(Show 988 more)");
    await animationFrame();
    expect("[data-product]").toHaveCount(1000);
});
