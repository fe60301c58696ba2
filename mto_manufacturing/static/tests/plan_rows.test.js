import { describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import {
    countSupplies,
    filterRows,
    foldableKeys,
    foldToCritical,
    hasChildren,
    makeRows,
    visibleRows,
} from "@mto_manufacturing/core/plan_rows";
import { describeOverdue } from "@mto_manufacturing/core/overdue";
import { findCriticalChain } from "@mto_manufacturing/core/critical_chain";
import { PlanTree } from "@mto_manufacturing/core/plan_tree";
import { allowTranslations, patchWithCleanup } from "@web/../tests/web_test_helpers";
import {
    parseMoment,
    TimeScale,
    writeMoment,
} from "@mto_manufacturing/core/time_scale";

describe.current.tags("headless");

function node(key, supply, supplies = [], values = {}) {
    return { key, supply, product: key, quantity: 1, supplies, ...values };
}

const PLAN = {
    lines: [
        {
            line_id: 1,
            quantity: 1,
            supplies: [
                node("table", "production", [
                    node("top", "production", [node("board", "purchase")], {
                        critical: true,
                    }),
                    node("leg", "stock"),
                    node("screw", "missing"),
                ]),
            ],
        },
        { line_id: 2, quantity: 1, late_days: 2, supplies: [] },
    ],
};

const keysOf = (rows, indexes) => indexes.map((index) => rows[index].key);

test("rows are in the order of the tree, and know where what is below them ends", () => {
    const rows = makeRows(PLAN);
    expect(rows.map((row) => [row.key, row.depth, row.end])).toEqual([
        ["line:1", 0, 6],
        ["table", 1, 6],
        ["top", 2, 4],
        ["board", 3, 4],
        ["leg", 2, 5],
        ["screw", 2, 6],
        ["line:2", 0, 7],
    ]);
    expect(hasChildren(rows, 2)).toBe(true);
    expect(hasChildren(rows, 3)).toBe(false);
});

test("a folded row hides all that is below it", () => {
    const rows = makeRows(PLAN);
    const all = visibleRows(rows, new Set());
    expect(all).toHaveLength(7);
    expect(keysOf(rows, visibleRows(rows, new Set(["top"])))).not.toInclude("board");
    expect(keysOf(rows, visibleRows(rows, new Set(foldableKeys(rows))))).toEqual([
        "line:1",
        "line:2",
    ]);
});

test("a filter leaves what is above what fits", () => {
    const rows = makeRows(PLAN);
    const shown = (name) =>
        keysOf(rows, visibleRows(rows, new Set(), filterRows(rows, name)));
    expect(shown("missing")).toEqual(["line:1", "table", "screw"]);
    expect(shown("purchases")).toEqual(["line:1", "table", "top", "board"]);
    expect(shown("late")).toEqual(["line:2"]);
    expect(shown("")).toHaveLength(7);
});

test("only the critical path is open", () => {
    const rows = makeRows(PLAN);
    expect(foldToCritical(rows)).toEqual([]);
    const other = makeRows({
        lines: [
            {
                line_id: 1,
                supplies: [node("a", "production", [node("b", "purchase")])],
            },
        ],
    });
    expect(foldToCritical(other)).toEqual(["line:1", "a"]);
});

test("a document that serves several demands counts once", () => {
    const document = { model: "purchase.order", id: 7 };
    const rows = makeRows({
        lines: [
            {
                line_id: 1,
                supplies: [
                    node("a", "purchase", [], { document }),
                    node("b", "purchase", [], { document }),
                    node("c", "stock"),
                ],
            },
        ],
    });
    expect(countSupplies(rows)).toEqual([
        { supply: "stock", count: 1 },
        { supply: "purchase", count: 1 },
    ]);
});

test("a tree of ten thousand levels", () => {
    let below = [];
    for (let level = 0; level < 10000; level++) {
        below = [node(`n${level}`, "production", below)];
    }
    const rows = makeRows({ lines: [{ line_id: 1, supplies: below }] });
    expect(rows).toHaveLength(10001);
    expect(rows[0].end).toBe(10001);
});

test("moments have their places on the time line", () => {
    const moments = ["2026-03-02T00:00:00", "2026-03-11T12:00:00"].map(parseMoment);
    const scale = new TimeScale(moments);
    expect(scale.place(scale.start)).toBe(0);
    expect(scale.place(scale.end)).toBe(100);
    expect(scale.place(moments[1])).toBeWithin(90, 100);
    expect(scale.span(moments[0], moments[0]).width).toBe(0.4);
    expect(scale.marks).toHaveLength(5);
    expect(new TimeScale([null]).isEmpty).toBe(true);
    expect(parseMoment(null)).toBe(null);
});

test("moments are written as the server reads them, whatever the user's digits", () => {
    patchWithCleanup(luxon.Settings, {
        defaultLocale: "ar",
        defaultNumberingSystem: "arab",
    });
    const moment = parseMoment("2026-03-02T08:15:00");
    expect(moment.toFormat("yyyy")).not.toBe("2026");
    expect(writeMoment(moment.endOf("minute"))).toBe("2026-03-02T08:15:59");
});

test("times in which nobody works are one picture for all rows", () => {
    const scale = new TimeScale(
        ["2026-03-02T12:00:00", "2026-03-05T12:00:00"].map(parseMoment)
    );
    const [start, end] = [scale.start, scale.start.plus({ days: 1 })].map((one) =>
        one.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss")
    );
    expect(scale.shade([[start, end]])).toBe(
        "linear-gradient(to right, transparent 0.00%, var(--mto-closed) 0.00%, " +
            "var(--mto-closed) 25.00%, transparent 25.00%)"
    );
    expect(scale.shade([[start, end]], "left")).toMatch(/^linear-gradient\(to left/);
    expect(scale.shade([["2020-01-01T00:00:00", "2020-01-02T00:00:00"]])).toBe("none");
    expect(new TimeScale([]).shade([[start, end]])).toBe("none");
});

test("what is late or changed is found", () => {
    const end = "2026-03-05T00:00:00";
    const supplies = [
        node("late", "purchase", [], { end, forecast_end: "2026-03-09T00:00:00" }),
        node("tight", "purchase", [], { end, forecast_end: end, slack_days: -1 }),
        node("fine", "purchase", [], { end, forecast_end: end, slack_days: 0 }),
        node("changed", "stock", [], { changes: [{ code: "moved", text: "Moved" }] }),
    ];
    const rows = makeRows({ lines: [{ line_id: 1, supplies }] });
    const shown = (filter) => keysOf(rows, new PlanTree(rows, { filter }).shown);
    expect(shown("late")).toEqual(["line:1", "late", "tight"]);
    expect(shown("changed")).toEqual(["line:1", "changed"]);
});

test("a tree that is folded, filtered, and left and found again", () => {
    const rows = makeRows(PLAN);
    const tree = new PlanTree(rows);
    tree.toggle(2);
    expect(keysOf(rows, tree.shown)).not.toInclude("board");
    expect([tree.isFolded(2), tree.isFoldable(2), tree.isFoldable(3)]).toEqual([
        true,
        true,
        false,
    ]);
    tree.switchFilter("missing");
    const again = new PlanTree(rows, tree.toState());
    expect(keysOf(rows, again.shown)).toEqual(["line:1", "table", "screw"]);
    again.switchFilter("missing");
    again.foldAll();
    expect(again.shown).toHaveLength(2);
    again.unfoldAll();
    expect(again.shown).toHaveLength(7);
    again.openCritical();
    expect(keysOf(rows, again.shown)).toInclude("top");
});

test("the critical path of the line that is there last, without what is done", () => {
    const critical = (key, end, values) =>
        node(key, "production", [], { critical: true, end, ...values });
    const plan = {
        lines: [
            {
                line_id: 1,
                promise_date: "2026-03-09T00:00:00",
                supplies: [critical("other", "2026-03-08T00:00:00")],
            },
            {
                line_id: 2,
                promise_date: "2026-03-05T00:00:00",
                forecast_date: "2026-03-20T00:00:00",
                supplies: [
                    critical("table", "2026-03-05T00:00:00", {
                        forecast_end: "2026-03-19T12:00:00",
                        supplies: [
                            critical("top", "2026-03-03T12:00:00", {
                                document: { name: "MO/1", state: "confirmed" },
                            }),
                            critical("frame", "2026-03-03T12:00:00"),
                            node("leg", "stock", [], { end: "2026-03-04T12:00:00" }),
                            critical("wood", "2026-03-02T12:00:00", {
                                document: { name: "PO/1", state: "done" },
                            }),
                        ],
                    }),
                ],
            },
        ],
    };
    const chain = findCriticalChain(plan, makeRows(plan));
    expect(chain.map(({ name, document, day }) => [name, document, day])).toEqual([
        ["top", "MO/1", "Mar 3"],
        ["table", "", "Mar 19"],
    ]);
});

test("documents that are behind the calendar say so", () => {
    mockDate("2026-03-10 12:00:00");
    const tell = (model, state, start, end) => {
        const one = node("it", "production", [], {
            document: { model, name: "It", state },
            start: `2026-03-${start}T08:00:00`,
            end: `2026-03-${end}T08:00:00`,
        });
        const rows = makeRows({ lines: [{ line_id: 1, supplies: [one] }] });
        expect(rows[1].late).toBe(Boolean(rows[1].overdue));
        return rows[1].overdue?.code;
    };
    const made = (...args) => tell("mrp.production", ...args);
    const bought = (...args) => tell("purchase.order", ...args);
    expect(made("confirmed", "09", "12")).toBe("begun");
    expect(made("progress", "05", "09")).toBe("done");
    expect(made("progress", "05", "11")).toBe(undefined);
    expect(made("done", "05", "09")).toBe(undefined);
    expect(made("confirmed", "10", "12")).toBe(undefined);
    expect(bought("draft", "09", "12")).toBe("ordered");
    expect(bought("purchase", "11", "09")).toBe("here");
    expect(bought("purchase", "05", "12")).toBe(undefined);
});

test("a sentence that ends in a shortened month has one full stop", () => {
    allowTranslations();
    patchWithCleanup(luxon.Settings, { defaultLocale: "fr" });
    const told = (moment) => describeOverdue({ code: "here", moment });
    expect(told("2026-11-30T12:00:00")).toBe(
        "Overdue: it should have been here on 30 nov."
    );
    expect(told("2026-03-30T12:00:00")).toBe(
        "Overdue: it should have been here on 30 mars."
    );
});
