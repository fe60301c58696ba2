import { expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { getChart } from "@web/../tests/views/graph/graph_test_helpers";
import {
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";

class Report extends models.Model {
    _name = "report";
    due = fields.Date();
    status = fields.Selection({
        selection: [
            ["kept", "Kept"],
            ["broken", "Broken"],
            ["open", "Open, in Time"],
            ["open_late", "Open, Too Late"],
        ],
    });
    _records = [
        { id: 1, due: "2026-03-16", status: "open_late" },
        { id: 2, due: "2026-03-17", status: "open" },
        { id: 3, due: "2026-03-18", status: "broken" },
        { id: 4, due: "2026-04-18", status: "kept" },
    ];
}

defineMailModels();
defineModels([Report]);

test("what became of promises has its own colours, whatever comes first", async () => {
    const view = await mountView({
        type: "graph",
        resModel: "report",
        arch: `<graph type="bar" stacked="1" js_class="mto_promise_graph">
            <field name="due" interval="month"/>
            <field name="status"/>
        </graph>`,
    });
    const bars = getChart(view).data.datasets.filter(({ type }) => type !== "line");
    const told = Object.fromEntries(
        bars.map(({ label, backgroundColor }) => [label, backgroundColor])
    );
    expect(told).toEqual({
        "Open, Too Late": "#F4A261",
        "Open, in Time": "#4EA7F2",
        Broken: "#CE4257",
        Kept: "#00A78D",
    });
});
