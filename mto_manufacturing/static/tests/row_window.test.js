import { describe, expect, test } from "@odoo/hoot";
import { covers, moveWindow, windowOf } from "@mto_manufacturing/core/row_window";

describe.current.tags("headless");

test("only what is on the screen is drawn, and a little around it", () => {
    expect(windowOf(1000, 0, 360, 36)).toEqual({ first: 0, last: 20 });
    expect(windowOf(1000, 3600, 360, 36)).toEqual({ first: 90, last: 120 });
    expect(windowOf(5, 0, 360, 36)).toEqual({ first: 0, last: 5 });
    expect(windowOf(0, 900, 360, 36)).toEqual({ first: 15, last: 15 });
});

test("on the way rows are added at one end or dropped at the other, never both", () => {
    let part = windowOf(1000, 0, 720, 36);
    let most = 0;
    for (const by of [...Array(80).fill(250), ...Array(60).fill(-330)]) {
        most = Math.max(most, part.last - part.first);
        part.top = Math.max((part.top || 0) + by, 0);
        const { top } = part;
        const wanted = windowOf(1000, top, 720, 36);
        let turns = 0;
        while (!covers(part, wanted)) {
            const next = moveWindow(part, wanted);
            const adds = next.first < part.first || next.last > part.last;
            const drops = next.first > part.first || next.last < part.last;
            expect(adds && drops).toBe(false);
            expect(adds || drops).toBe(true);
            part = next;
            turns += 1;
        }
        expect(turns).toBeLessThan(3);
        part = { ...part, top };
    }
    expect(most).toBeLessThan(62);
});

test("far away all rows are others", () => {
    const wanted = windowOf(1000, 18000, 720, 36);
    expect(moveWindow(windowOf(1000, 0, 720, 36), wanted)).toEqual(wanted);
});
