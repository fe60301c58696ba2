import { beforeEach, expect, test } from "@odoo/hoot";
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
    _records = [
        { id: 1, name: "S1", promise: "day 16", state: "draft" },
        { id: 2, name: "S2", promise: "day 16", state: "sale" },
    ];
}

defineMailModels();
defineModels([SaleOrder]);

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
