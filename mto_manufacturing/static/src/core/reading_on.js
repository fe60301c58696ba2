import { onMounted, onWillUnmount, toRaw } from "@odoo/owl";

/** {model of a view: the record whose popover went along with its row a moment ago}. */
const readers = new WeakMap();

/**
 * Keep a popover open where its row is drawn anew.
 *
 * A list has new rows after each load, and a quotation is loaded again by itself when its
 * promise has moved: who reads on is not to lose the page.
 *
 * @param {{isOpen: boolean}} popover what `usePopover` returned
 * @param {() => Object} getRecord the record of the row
 * @param {() => void} open opens the popover of the new row
 */
export function useReadingOn(popover, getRecord, open) {
    const getRow = () => {
        const { model, resId } = getRecord();
        return { model: toRaw(model), resId };
    };
    onWillUnmount(() => {
        const { model, resId } = getRow();
        if (popover.isOpen && resId) {
            readers.set(model, resId);
            // The new row is there by then, or there is none.
            queueMicrotask(() => readers.delete(model));
        }
    });
    onMounted(() => {
        const { model, resId } = getRow();
        if (resId && readers.get(model) === resId) {
            readers.delete(model);
            open();
        }
    });
}
