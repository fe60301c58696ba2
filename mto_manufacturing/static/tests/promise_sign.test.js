import { beforeEach, expect, mockDate, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Line extends models.Model {
    _name = "line";
    order_id = fields.Many2one({ relation: "order" });
    promise = fields.Datetime();
    summary = fields.Text();
    known = fields.Boolean();
    status = fields.Selection({
        selection: [
            ["fine", "In time"],
            ["late", "Late"],
            ["blocked", "Blocked"],
        ],
    });
    _records = [
        {
            id: 1,
            order_id: 5,
            promise: "2026-03-16 08:00:00",
            status: "late",
            known: true,
        },
        { id: 2, order_id: 5, promise: false, status: "blocked" },
        { id: 3, order_id: 5, promise: false, status: false, known: true },
        { id: 4, order_id: 5, promise: "2026-03-16 08:00:00", status: "blocked" },
        {
            id: 5,
            order_id: 5,
            promise: "2026-03-17 08:00:00",
            status: "blocked",
            known: true,
        },
    ];
}

class Order extends models.Model {
    _name = "order";
    promise = fields.Datetime();
    committed = fields.Datetime();
    data = fields.Json();
    _records = [{ id: 5 }];
}

defineMailModels();
defineModels([Line, Order]);

const step = (product, supply, start, end, days) => ({
    product,
    supply,
    start,
    end,
    days,
});

const SUMMARY = {
    steps: [
        step("Board", "purchase", "2026-03-02T08:00:00", "2026-03-12T08:00:00", 10),
        step("Table", "production", "2026-03-12T08:00:00", "2026-03-15T08:00:00", 3),
        step("", "shipping", "2026-03-15T08:00:00", "2026-03-16T08:00:00", 1),
    ],
    stock: [{ product_id: 3, product: "Screw", quantity: 4, uom: "Units" }],
    missing: [{ product_id: 5, product: "Leg", quantity: 4, uom: "Units" }],
};

const ARCH = `<list>
    <field name="order_id" column_invisible="1"/>
    <field name="status" column_invisible="1"/>
    <field name="known" column_invisible="1"/>
    <field name="summary" column_invisible="1"/>
    <field name="promise" widget="mto_promise_sign"
        options="{'status': 'status', 'known': 'known', 'summary': 'summary'}"/>
</list>`;

beforeEach(() => mockDate("2026-03-01 12:00:00"));

async function openPopover() {
    await mountView({ type: "list", resModel: "line", arch: ARCH });
    await click(".o_mto_promise_sign:first");
    await animationFrame();
    await animationFrame();
}

test("a sign with its date, and the reason behind it, asked of the server", async () => {
    onRpc("sale.order", "get_mto_summary", ({ args }) => {
        expect.step(args);
        return SUMMARY;
    });
    await openPopover();
    expect(queryAllTexts(".o_mto_promise_sign")).toEqual([
        "Mar 16",
        "Not known",
        "Not known",
        "Mar 17",
    ]);
    expect(".o_mto_promise_sign:first i").toHaveClass("fa-clock-o");
    expect(".o_mto_promise_sign:eq(2) i").toHaveClass("fa-ban");
    expect.verifySteps([[[5], 1]]);
    expect(".o_mto_promise_popover p:first").toHaveText(
        "Mar 16: Board 10 days, Table 3 days, shipping 1 day"
    );
    expect(queryAllTexts(".o_mto_promise_popover li small:first-child")).toEqual([
        "Board",
        "Table",
        "Shipping",
    ]);
    expect(".o_mto_promise_popover").toHaveText(/From stock: 4 Units Screw/);
    expect(".o_mto_promise_popover").toHaveText(/Missing: 4 Units Leg/);
});

test("of a late order it tells what is expected today, beside what was promised", async () => {
    onRpc("sale.order", "get_mto_summary", () => ({
        ...SUMMARY,
        steps: [
            step("Board", "purchase", "2026-03-02T08:00:00", "2026-03-30T08:00:00", 28),
            step(
                "Table",
                "production",
                "2026-03-30T08:00:00",
                "2026-04-02T08:00:00",
                3
            ),
            step("", "shipping", "2026-04-02T08:00:00", "2026-04-03T08:00:00", 1),
        ],
        forecast_date: "2026-04-03T08:00:00",
    }));
    await openPopover();
    expect(".o_mto_promise_moved").toHaveText("Promised Mar 16, expected Apr 3");
    expect(".o_mto_promise_popover p:eq(1)").toHaveText(
        "Apr 3: Board 28 days, Table 3 days, shipping 1 day"
    );
});

test("an order that keeps its day does not tell it twice", async () => {
    onRpc("sale.order", "get_mto_summary", () => ({
        ...SUMMARY,
        forecast_date: "2026-03-16T09:00:00",
    }));
    await openPopover();
    expect(".o_mto_promise_moved").toHaveCount(0);
    expect(".o_mto_promise_popover p:first").toHaveText(
        "Mar 16: Board 10 days, Table 3 days, shipping 1 day"
    );
});

test("what came with the line is not asked again", async () => {
    Line._records[0].summary = JSON.stringify({ ...SUMMARY, missing: [] });
    onRpc("sale.order", "get_mto_summary", () => expect.step("asked"));
    await openPopover();
    expect(".o_mto_promise_popover").toHaveText(/Table 3 days/);
    expect(".o_mto_promise_popover").not.toHaveText(/Missing/);
    expect.verifySteps([]);
});

test("a fault of the server is told, with a way to try again", async () => {
    let fault = makeServerError({ message: "No luck" });
    onRpc("sale.order", "get_mto_summary", () => {
        if (fault) {
            throw fault;
        }
        return SUMMARY;
    });
    await openPopover();
    expect(".o_mto_promise_popover").toHaveText(/No luck/);
    fault = null;
    await click(".o_mto_promise_popover button:contains(Try again)");
    await animationFrame();
    await animationFrame();
    expect(".o_mto_promise_popover").toHaveText(/Table 3 days/);
});

test("an order says how late it is, and what nothing supplies", async () => {
    Order._records = [
        {
            id: 5,
            promise: "2026-03-16 08:00:00",
            committed: "2026-03-14 08:00:00",
            data: {
                faults: [
                    {
                        product_id: 8,
                        path: "S1 > Table > Leg",
                        message: "Nobody sells it.",
                    },
                ],
            },
        },
    ];
    await mountView({
        type: "form",
        resModel: "order",
        resId: 5,
        arch: `<form>
            <field name="data" widget="mto_order_faults"/>
            <field name="committed"/>
            <field name="promise" widget="mto_order_lateness"
                options="{'commitment': 'committed'}"/>
        </form>`,
    });
    expect(".o_mto_order_lateness").toHaveText("2 days after the delivery date");
    expect(".o_mto_order_faults li").toHaveText("S1 > Table > Leg: Nobody sells it.");
    mockService("action", {
        doAction: (action) => expect.step([action.res_model, action.res_id]),
    });
    await click(".o_mto_order_faults a");
    expect.verifySteps([["product.product", 8]]);
});
