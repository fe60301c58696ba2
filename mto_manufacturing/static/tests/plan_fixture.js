import { beforeEach } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame, mockDate, runAllTimers } from "@odoo/hoot-mock";
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
    _records = [{ id: 5 }];
}

class Product extends models.Model {
    _name = "product.product";
    name = fields.Char();
    _records = [{ id: 8, name: "Leg" }];
    _views = { form: `<form><field name="name"/></form>` };
}

class Production extends models.Model {
    _name = "mrp.production";
    name = fields.Char();
    _records = [{ id: 9, name: "WH/MO/00009" }];
    _views = { form: `<form><field name="name"/></form>` };
}

export const node = (key, product, supply, values = {}) => ({
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

export function makePlan(values = {}) {
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
            done: 0,
            may_open: true,
        },
        supplies: [board, node("1/3:missing", "Leg", "missing")],
    });
    return {
        version: 1,
        order_id: 5,
        name: "S00005",
        state: "sale",
        commitment_date: null,
        forecast_date: null,
        closed: [["2026-03-07T00:00:00", "2026-03-09T00:00:00"]],
        promise_date: "2026-03-16T08:00:00",
        promise_is_known: true,
        feasible: false,
        blockers: [],
        gaps: [
            {
                code: "x",
                product_id: 8,
                message: "Nobody sells it.",
                path: ["S00005", "Table", "Leg"],
            },
        ],
        warnings: [],
        lines: [
            {
                line_id: 1,
                product_id: 3,
                product: "Table",
                quantity: 4,
                ordered: { quantity: 4, uom: "Units" },
                forecast_date: null,
                promise_date: "2026-03-16T08:00:00",
                promise_is_known: true,
                late_days: 2.5,
                supplies: [table],
            },
        ],
        ...values,
    };
}

const VENDORS = {
    7: [
        { id: 21, name: "Woodcorp", days: 10, chosen: true },
        { id: 22, name: "Quickboard", days: 3, chosen: false },
    ],
};

/** A server with one order. @returns {{plan: Function}} what it answers, to be replaced */
export function usePlanServer() {
    const server = { plan: makePlan };
    defineMailModels();
    defineModels([SaleOrder, Product, Production]);
    beforeEach(() => {
        mockDate("2026-03-01 12:00:00");
        server.plan = () => makePlan();
        onRpc("sale.order", "get_mto_plan", () => server.plan());
        onRpc("sale.order", "get_mto_choices", () => ({ vendors: VENDORS }));
    });
    return server;
}

export async function openPlan() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "mto_plan",
        params: { order_id: 5 },
    });
    await runAllTimers();
    await animationFrame();
}

export const startOf = (element) =>
    parseFloat(element.style.getPropertyValue("inset-inline-start"));

export const names = () => queryAllTexts(".o_mto_plan_row [role=gridcell]:first-child");
