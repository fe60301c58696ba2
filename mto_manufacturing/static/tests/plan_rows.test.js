import { describe, expect, test } from "@odoo/hoot";
import {
    countSupplies,
    filterRows,
    foldableKeys,
    foldToCritical,
    hasChildren,
    makeRows,
    visibleRows,
    windowOf,
} from "@mto_manufacturing/core/plan_rows";
import { parseMoment, TimeScale } from "@mto_manufacturing/core/time_scale";

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

test("only what is on the screen is drawn", () => {
    expect(windowOf(1000, 0, 360, 36)).toEqual({ first: 0, last: 20 });
    expect(windowOf(1000, 3600, 360, 36)).toEqual({ first: 90, last: 120 });
    expect(windowOf(5, 0, 360, 36)).toEqual({ first: 0, last: 5 });
    expect(windowOf(0, 900, 360, 36)).toEqual({ first: 15, last: 15 });
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
