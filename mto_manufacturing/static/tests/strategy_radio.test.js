import { expect, test } from "@odoo/hoot";
import { check, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    clickSave,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const STRATEGIES = [
    ["mts", "Make to stock"],
    ["mts_mto", "Stock first, then make to order"],
    ["mto", "Make to order"],
];

class Product extends models.Model {
    supply_strategy = fields.Selection({ selection: STRATEGIES });
    inherited = fields.Selection({ selection: STRATEGIES });
    _records = [
        { id: 1, supply_strategy: false, inherited: "mto" },
        { id: 2, supply_strategy: "mts_mto", inherited: "mts" },
    ];
}

defineMailModels();
defineModels([Product]);

function mountForm(resId, attributes = "") {
    return mountView({
        type: "form",
        resModel: "product",
        resId,
        arch: `<form>
            <field name="inherited" invisible="1" />
            <field name="supply_strategy" widget="mto_strategy_radio"
                options="{'inherited': 'inherited'}" ${attributes} />
        </form>`,
    });
}

test("every strategy has a line of help, and the empty one says what it comes to", async () => {
    await mountForm(1);
    expect(queryAllTexts(".o_radio_item label")).toEqual([
        "As category",
        "Make to stock",
        "Stock first, then make to order",
        "Make to order",
    ]);
    expect(".o_radio_item .small").toHaveCount(4);
    expect(".o_radio_item:first .small").toHaveText("At present: Make to order");
    expect(".o_radio_item:first input").toBeChecked();
});

test("a strategy is chosen and saved", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountForm(1);
    await check("input[data-value='mts_mto']");
    await animationFrame();
    expect("input[data-value='mts_mto']").toBeChecked();
    await clickSave();
    expect.verifySteps([{ supply_strategy: "mts_mto" }]);
});

test("it is given back to the category", async () => {
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountForm(2);
    expect("input[data-value='mts_mto']").toBeChecked();
    await check("input[data-value='']");
    await animationFrame();
    await clickSave();
    expect.verifySteps([{ supply_strategy: false }]);
});

test("who may not change it sees it all the same", async () => {
    await mountForm(2, 'readonly="1"');
    expect("input[data-value='mts_mto']").toBeChecked();
    expect("input:disabled").toHaveCount(4);
});
