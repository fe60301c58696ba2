import {
    Component,
    markRaw,
    onMounted,
    onPatched,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { SIZES } from "@web/core/ui/ui_service";
import { useService } from "@web/core/utils/hooks";
import { formatDay } from "../../core/plan_words";
import { describeRow } from "../../core/row_sketch";
import { covers, moveWindow, windowOf } from "../../core/row_window";
import { parseMoment } from "../../core/time_scale";
import { PlanRow } from "../plan_row/plan_row";

/** Rows between two places at which the window moves; below the margin of `windowOf`. */
const STEP = 5;

/** Heights of a row in pixels: in one line, and in two with its times below. */
const ROW = 34;
const STACKED_ROW = 60;

const TURNED = { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };

/** The rows of a plan beside their time line; only those on the screen are drawn. */
export class PlanGrid extends Component {
    static template = "mto_manufacturing.PlanGrid";
    static components = { PlanRow };
    static props = {
        plan: Object,
        tree: Object,
        scale: Object,
        focus: { type: [Object, { value: null }] },
        onOpen: Function,
    };

    setup() {
        this.ui = useState(useService("ui"));
        this.grid = useRef("grid");
        this.state = useState({ top: 0, height: 800, active: 0, focused: -1 });
        // What is kept from one drawing to the next is written into these: a template sees the
        // component through an object of its own, on which anything assigned would be lost.
        this.sketches = { plan: null, rows: new Map() };
        /** The rows in the page, and of what they are a part. */
        this.part = { of: null, first: 0, last: 0 };
        this.acts = {
            focus: (place) => this.onFocus(place),
            toggle: (index) => this.props.tree.toggle(index),
            open: (index) => this.props.onOpen(index),
        };
        onMounted(() => this.onScroll());
        onPatched(() => covers(this.part, this.wanted) || this.render());
        useEffect(
            (focus) => {
                if (focus) {
                    const { rows } = this.props.tree;
                    const isIt = (index) => rows[index].key === focus.key;
                    this.focus(this.shown.findIndex(isIt));
                }
            },
            () => [this.props.focus]
        );
    }

    get shown() {
        return this.props.tree.shown;
    }

    get active() {
        return Math.min(this.state.active, this.shown.length - 1);
    }

    /** Whether the columns have no room beside each other. */
    get isStacked() {
        return this.ui.size <= SIZES.MD;
    }

    get rowHeight() {
        return this.isStacked ? STACKED_ROW : ROW;
    }

    get dated() {
        return !this.props.scale.isEmpty;
    }

    // -- what is drawn -----------------------------------------------------------------

    get wanted() {
        const { top, height } = this.state;
        return windowOf(this.shown.length, top, height, this.rowHeight);
    }

    /** The rows to be in the page; after a fold or a filter those before say nothing. */
    movePart() {
        const { shown, wanted, part } = this;
        const next = part.of === shown ? moveWindow(part, wanted) : wanted;
        return Object.assign(part, next, { of: shown });
    }

    get drawn() {
        const { tree } = this.props;
        const { shown, rowHeight, active } = this;
        const { first, last } = this.movePart();
        return {
            active,
            total: shown.length,
            above: first * rowHeight,
            below: (shown.length - last) * rowHeight,
            hasActive: first <= active && active < last,
            rows: shown.slice(first, last).map((index, offset) => ({
                index,
                place: first + offset,
                foldable: tree.isFoldable(index),
                folded: tree.isFolded(index),
                sketch: this.sketch(index),
            })),
        };
    }

    /** What a row shows, made once for each plan: rows that stay are not drawn again. */
    sketch(index) {
        const { plan, tree, scale } = this.props;
        if (this.sketches.plan !== plan) {
            Object.assign(this.sketches, { plan, rows: new Map() });
        }
        const { rows } = this.sketches;
        if (!rows.has(index)) {
            rows.set(index, markRaw(describeRow(tree.rows[index], scale)));
        }
        return rows.get(index);
    }

    get style() {
        const side = this.isRtl ? "left" : "right";
        const image = this.props.scale.shade(this.props.plan.closed || [], side);
        return `--mto-row-height: ${this.rowHeight}px; --mto-shade: ${image}`;
    }

    get marks() {
        return this.props.scale.marks.map(({ day, left }) => ({
            left,
            text: formatDay(day),
        }));
    }

    get today() {
        return this.placeOf(luxon.DateTime.now());
    }

    get commitment() {
        return this.placeOf(parseMoment(this.props.plan.commitment_date));
    }

    placeOf(moment) {
        // To a tenth of a per cent: with every moment all rows would be drawn again.
        const place = moment && this.dated ? this.props.scale.place(moment) : null;
        return place === null ? null : Math.round(place * 10) / 10;
    }

    // -- what a person does ------------------------------------------------------------

    onScroll() {
        const { scrollTop, clientHeight } = this.grid.el;
        const step = STEP * this.rowHeight;
        const top = Math.floor(scrollTop / step) * step;
        Object.assign(this.state, { top, height: clientHeight + step });
    }

    get isRtl() {
        return localization.direction === "rtl";
    }

    onKeydown(event) {
        // Where the tree grows to the left, so do the keys.
        const turned = this.isRtl && TURNED[event.key];
        const act = this.findAct(turned || event.key);
        if (act) {
            event.preventDefault();
            act();
        }
    }

    /** What a key does; the keys are those of a tree grid in ARIA's practices. */
    findAct(key) {
        const { tree, onOpen } = this.props;
        const { active, shown } = this;
        const index = shown[active];
        if (index === undefined) {
            return null;
        }
        const foldable = tree.isFoldable(index);
        const isOpen = foldable && !tree.isFolded(index);
        const page = Math.max(Math.floor(this.state.height / this.rowHeight) - 2, 1);
        return {
            ArrowDown: () => this.focus(active + 1),
            ArrowUp: () => this.focus(active - 1),
            PageDown: () => this.focus(active + page),
            PageUp: () => this.focus(active - page),
            Home: () => this.focus(0),
            End: () => this.focus(shown.length - 1),
            ArrowRight: () =>
                foldable && !isOpen ? tree.toggle(index) : this.goDown(),
            ArrowLeft: () => (isOpen ? tree.toggle(index) : this.goUp()),
            " ": () => (foldable ? tree.toggle(index) : null),
            Enter: () => onOpen(index),
        }[key];
    }

    /** To the first row below the active one. */
    goDown() {
        const { active, shown } = this;
        const { rows } = this.props.tree;
        if (rows[shown[active + 1]]?.parent === shown[active]) {
            this.focus(active + 1);
        }
    }

    /** To the row above the active one in the tree. */
    goUp() {
        const above = this.props.tree.rows[this.shown[this.active]].parent;
        if (above >= 0) {
            this.focus(this.shown.indexOf(above));
        }
    }

    onFocus(place) {
        Object.assign(this.state, { active: place, focused: place });
    }

    onFocusOut({ relatedTarget }) {
        if (!this.grid.el?.contains(relatedTarget)) {
            this.state.focused = -1;
        }
    }

    /** Make a row the active one, and have it on the screen. */
    focus(place) {
        const { rowHeight } = this;
        const grid = this.grid.el;
        this.onFocus(Math.min(Math.max(place, 0), this.shown.length - 1));
        const top = this.state.active * rowHeight;
        const lowest = grid.scrollTop + grid.clientHeight - 2 * rowHeight;
        if (top < grid.scrollTop || top > lowest) {
            grid.scrollTop = Math.max(top - grid.clientHeight / 2, 0);
            this.onScroll();
        }
    }
}
