/** Which rows of a long list are in the page: those on the screen, and some around them. */

/** Rows beyond either edge of the screen, so that nothing is missing while it is scrolled. */
const MARGIN = 10;

/**
 * The part of a long list that is on the screen, and a little more.
 *
 * @param {number} total
 * @param {number} top how far it is scrolled, in pixels
 * @param {number} height of the window, in pixels
 * @param {number} rowHeight in pixels
 * @returns {{first: number, last: number}} last is not drawn any more
 */
export function windowOf(total, top, height, rowHeight) {
    const first = Math.max(0, Math.floor(top / rowHeight) - MARGIN);
    const last = Math.min(total, Math.ceil((top + height) / rowHeight) + MARGIN);
    return { first, last: Math.max(first, last) };
}

/**
 * The next part to draw on the way from one to another.
 *
 * Rows are added at one end or dropped at the other, not both at once: where a list loses its
 * first rows and gets new last ones in one go, the page takes every row out and puts it in again.
 *
 * @param {{first: number, last: number}} part what is in the page
 * @param {{first: number, last: number}} wanted by `windowOf`
 * @returns {{first: number, last: number}} where it lacks something of what is wanted: to be
 *  drawn, and then asked again
 */
export function moveWindow(part, wanted) {
    const first = Math.min(part.first, wanted.first);
    const last = Math.max(part.last, wanted.last);
    if (last - first <= 1.5 * (wanted.last - wanted.first)) {
        return { first, last };
    }
    const left = {
        first: Math.max(part.first, wanted.first),
        last: Math.min(part.last, wanted.last),
    };
    return left.first < left.last ? left : wanted;
}

/** Whether all of what is wanted is there. */
export function covers(part, wanted) {
    return part.first <= wanted.first && wanted.last <= part.last;
}
