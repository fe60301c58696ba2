/** Work that may take long or fail: a sign after a while, words after a longer one, a fault. */

import { onWillUnmount, useState } from "@odoo/owl";

/** After so many milliseconds of work a sign, and after so many words, say so. */
export const SIGN_AFTER = 300;
export const WORDS_AFTER = 2000;

/**
 * @returns {{work: Object, run: Function}} work: busy, wait (0: nothing is said, 1: a sign, 2:
 *  words) and fault (why the last run failed, in words). run(job) returns what the job does, or
 *  undefined where it failed or a later run has begun.
 */
export function useSlowWork() {
    const work = useState({ busy: false, wait: 0, fault: "" });
    let timers = [];
    let latest = 0;

    function stop() {
        timers.forEach((timer) => clearTimeout(timer));
        Object.assign(work, { busy: false, wait: 0 });
    }

    async function run(job) {
        latest += 1;
        const own = latest;
        stop();
        Object.assign(work, { busy: true, fault: "" });
        timers = [
            setTimeout(() => (work.wait = 1), SIGN_AFTER),
            setTimeout(() => (work.wait = 2), WORDS_AFTER),
        ];
        try {
            const result = await job();
            return own === latest ? result : undefined;
        } catch (error) {
            if (own === latest) {
                work.fault = error.data?.message || error.message || String(error);
            }
            return undefined;
        } finally {
            if (own === latest) {
                stop();
            }
        }
    }

    function cancel() {
        latest += 1;
        stop();
        work.fault = "";
    }

    onWillUnmount(cancel);
    return { work, run, cancel };
}
