import { beforeEach, expect, mockDate, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { summarize } from "@mto_manufacturing/core/promise_summary";

class Line extends models.Model {
    _name = "line";
    order_id = fields.Many2one({ relation: "order" });
    promise = fields.Datetime();
    status = fields.Selection({
        selection: [
            ["fine", "In time"],
            ["late", "Late"],
            ["blocked", "Blocked"],
        ],
    });
    _records = [
        { id: 1, order_id: 5, promise: "2026-03-16 08:00:00", status: "late" },
        { id: 2, order_id: 5, promise: false, status: "blocked" },
        { id: 3, order_id: 5, promise: false, status: false },
    ];
}

class Order extends models.Model {
    _name = "order";
    _records = [{ id: 5 }];
}

defineMailModels();
defineModels([Line, Order]);

const node = (key, product, supply, values = {}) => ({
    key,
    product_id: key,
    product,
    supply,
    quantity: 4,
    uom: "Units",
    supplies: [],
    ...values,
});

const LINE = {
    line_id: 1,
    promise_date: "2026-03-16T08:00:00",
    supplies: [
        node(1, "Table", "production", {
            start: "2026-03-12T08:00:00",
            end: "2026-03-15T08:00:00",
            critical: true,
            supplies: [
                node(2, "Board", "purchase", {
                    start: "2026-03-02T08:00:00",
                    end: "2026-03-12T08:00:00",
                    critical: true,
                }),
                node(3, "Screw", "stock"),
                node(4, "Glue", "purchase", {
                    start: "2026-03-10T08:00:00",
                    end: "2026-03-12T08:00:00",
                }),
                node(5, "Leg", "missing"),
            ],
        }),
    ],
};

beforeEach(() => {
    mockDate("2026-03-01 12:00:00");
    onRpc("sale.order", "get_mto_plan", () => ({ lines: [LINE] }));
});

test("what a date waits for, in the order of time, with the shipping last", () => {
    const { steps, stock, missing } = summarize(LINE);
    expect(steps.map(({ name, supply, days }) => [name, supply, days])).toEqual([
        ["Board", "purchase", 10],
        ["Table", "production", 3],
        ["", "shipping", 1],
    ]);
    expect(stock).toEqual([{ name: "Screw", quantity: 4, uom: "Units" }]);
    expect(missing).toEqual([{ name: "Leg", quantity: 4, uom: "Units" }]);
});

test("a sign with its date, and the reason behind it", async () => {
    await mountView({
        type: "list",
        resModel: "line",
        arch: `<list>
            <field name="order_id" column_invisible="1"/>
            <field name="status" column_invisible="1"/>
            <field name="promise" widget="mto_promise_sign" options="{'status': 'status'}"/>
        </list>`,
    });
    expect(queryAllTexts(".o_mto_promise_sign")).toEqual(["Mar 16", ""]);
    expect(".o_mto_promise_sign:first i").toHaveClass("fa-clock-o");
    expect(".o_mto_promise_sign:last i").toHaveClass("fa-ban");
    await click(".o_mto_promise_sign:first");
    await animationFrame();
    await animationFrame();
    expect(queryAllTexts(".o_mto_promise_popover li")).toEqual([
        "Board (Purchase): 10 days",
        "Table (Production): 3 days",
        "Shipping: 1 day",
    ]);
    expect(".o_mto_promise_popover").toHaveText(/From stock: 4 Units Screw/);
    expect(".o_mto_promise_popover").toHaveText(/Missing: 4 Units Leg/);
});
