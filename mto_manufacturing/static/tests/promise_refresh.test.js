import { beforeEach, expect, mockDate, test } from "@odoo/hoot";
import { edit, press } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    contains,
    defineModels,
    fields,
    MockServer,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class SaleOrder extends models.Model {
    _name = "sale.order";
    name = fields.Char();
    promise = fields.Char();
    state = fields.Selection({
        selection: [
            ["draft", "Quotation"],
            ["sale", "Order"],
        ],
    });
    order_line = fields.One2many({ relation: "line", relation_field: "order_id" });
    _records = [
        { id: 1, name: "S1", promise: "day 16", state: "draft", order_line: [7] },
        { id: 2, name: "S2", promise: "day 16", state: "sale", order_line: [8] },
    ];
}

class Line extends models.Model {
    _name = "line";
    order_id = fields.Many2one({ relation: "sale.order" });
    ready = fields.Datetime();
    _records = [
        { id: 7, order_id: 1, ready: "2026-03-16 08:00:00" },
        { id: 8, order_id: 2, ready: "2026-03-18 08:00:00" },
    ];
}

defineMailModels();
defineModels([SaleOrder, Line]);

let answer;

beforeEach(() => {
    answer = new Deferred();
    onRpc("sale.order", "mto_refresh_promise", ({ args }) => {
        expect.step(args[0][0]);
        return answer;
    });
});

const mountOrder = (resId) =>
    mountView({
        type: "form",
        resModel: "sale.order",
        resId,
        resIds: [1, 2],
        arch: `<form>
            <widget name="mto_promise_refresh"/>
            <field name="name"/>
            <field name="promise" readonly="1"/>
            <field name="order_line">
                <list>
                    <field name="order_id" column_invisible="1"/>
                    <field name="ready" widget="mto_promise_sign"/>
                </list>
            </field>
        </form>`,
    });

const answerWith = async (changed) => {
    MockServer.env["sale.order"].write([1], { promise: "day 20" });
    answer.resolve(changed);
    await animationFrame();
    await animationFrame();
};

test("an opened quotation is planned again, and shows what has changed", async () => {
    await mountOrder(1);
    expect.verifySteps([1]);
    expect("[name=promise]").toHaveText("day 16");
    await answerWith(true);
    expect("[name=promise]").toHaveText("day 20");
    await contains(".o_pager_next").click();
    await animationFrame();
    expect.verifySteps([]); // what is confirmed keeps its promise
});

test("what somebody types is not thrown away", async () => {
    await mountOrder(1);
    await contains("[name=name] input").click();
    await edit("S1, for the fair");
    await press("Tab");
    await answerWith(true);
    expect("[name=name] input").toHaveValue("S1, for the fair");
    expect("[name=promise]").toHaveText("day 16");
    expect.verifySteps([1]);
});

test("one that fails leaves the form as it is", async () => {
    await mountOrder(1);
    answer.reject(new Error("no plan"));
    await animationFrame();
    expect("[name=promise]").toHaveText("day 16");
    expect(".o_error_dialog").toHaveCount(0);
    expect.verifySteps([1]);
});

const popover = ".o_mto_promise_popover";

const openReason = async () => {
    mockDate("2026-03-01 12:00:00");
    onRpc("sale.order", "get_mto_summary", () => ({
        steps: [
            {
                product: "",
                supply: "shipping",
                start: "2026-03-15T08:00:00",
                end: "2026-03-16T08:00:00",
                days: 1,
            },
        ],
        stock: [],
        missing: [],
    }));
    await contains(".o_mto_promise_sign").click();
    await animationFrame();
    expect(`${popover} p`).toHaveText("Mar 16: shipping 1 day");
};

test("who reads behind a promise reads on, and what has changed", async () => {
    await mountOrder(1);
    await openReason();
    MockServer.env["line"].write([7], { ready: "2026-03-20 08:00:00" });
    await answerWith(true);
    expect(".o_mto_promise_sign").toHaveText("Mar 20");
    await animationFrame(); // it is there, and asks the server ...
    await animationFrame(); // ... which has answered
    expect(`${popover} p`).toHaveText("Mar 20: shipping 1 day");
    await press("Escape");
    await animationFrame();
    expect(popover).toHaveCount(0);
    expect.verifySteps([1]);
});

test("what is read ends with its quotation", async () => {
    await mountOrder(1);
    await openReason();
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(".o_mto_promise_sign").toHaveText("Mar 18");
    expect(popover).toHaveCount(0);
    await contains(".o_pager_previous").click();
    await animationFrame();
    expect(".o_mto_promise_sign").toHaveText("Mar 16");
    expect(popover).toHaveCount(0);
    expect.verifySteps([1, 1]);
});
