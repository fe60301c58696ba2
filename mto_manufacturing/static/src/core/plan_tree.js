/** Which rows of a plan are to be seen: what is folded, what a filter leaves. */

import {
    filterRows,
    foldableKeys,
    foldToCritical,
    hasChildren,
    visibleRows,
} from "./plan_rows";

export class PlanTree {
    /**
     * @param {Object[]} rows of `makeRows`
     * @param {Object} [kept] what `toState` gave: how a person left it
     */
    constructor(rows = [], { folded = [], filter = "" } = {}) {
        this.rows = rows;
        this.folded = new Set(folded);
        this.filter = filter;
        /** Indexes of the rows that are shown; found once, after each change. */
        this.shown = [];
        this._update();
    }

    _update() {
        const kept = filterRows(this.rows, this.filter);
        this.shown = visibleRows(this.rows, this.folded, kept);
    }

    toState() {
        return { folded: [...this.folded], filter: this.filter };
    }

    /** Take a person's way to look at it from what `toState` gave. */
    restore({ folded = [], filter = "" } = {}) {
        this.folded = new Set(folded);
        this.filter = filter;
        this._update();
    }

    /** Other rows, folded as those before them. */
    setRows(rows) {
        this.rows = rows;
        this._update();
    }

    isFoldable(index) {
        return index in this.rows && hasChildren(this.rows, index);
    }

    isFolded(index) {
        return this.folded.has(this.rows[index].key);
    }

    toggle(index) {
        const { key } = this.rows[index];
        if (!this.folded.delete(key)) {
            this.folded.add(key);
        }
        this._update();
    }

    foldAll() {
        this.folded = new Set(foldableKeys(this.rows));
        this._update();
    }

    unfoldAll() {
        this.folded = new Set();
        this._update();
    }

    /** Fold all but the critical path. */
    openCritical() {
        this.folded = new Set(foldToCritical(this.rows));
        this._update();
    }

    /** Have a row shown, whatever hides it. */
    reveal(index) {
        this.filter = "";
        for (let above = this.rows[index].parent; above >= 0;) {
            this.folded.delete(this.rows[above].key);
            above = this.rows[above].parent;
        }
        this._update();
    }

    /** Filter by this; a second time: by nothing. */
    switchFilter(name) {
        this.filter = this.filter === name ? "" : name;
        this._update();
    }
}
