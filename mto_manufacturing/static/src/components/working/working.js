import { Component } from "@odoo/owl";

/** Says that work is going on, after a while; in words, after a longer one. */
export class Working extends Component {
    static template = "mto_manufacturing.Working";
    static props = {
        wait: Number,
        words: String,
        class: { type: String, optional: true },
    };
}
