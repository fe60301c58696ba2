import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** Of Odoo's own colours for graphs, which are for light and dark: good is not red. */
const COLORS = {
    kept: "#00A78D",
    broken: "#CE4257",
    open: "#4EA7F2",
    open_late: "#F4A261",
};

/** Promised against real dates: what became of a promise has the same colour everywhere. */
export class PromiseGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const { fields } = this.model.metaData;
        const codes = fields.status.selection.map(([code, label]) => [label, code]);
        const byLabel = Object.fromEntries(codes);
        for (const dataset of data.datasets) {
            const color = COLORS[byLabel[dataset.label]];
            if (color) {
                dataset.backgroundColor = color;
            }
        }
        return data;
    }
}

registry.category("views").add("mto_promise_graph", {
    ...graphView,
    Renderer: PromiseGraphRenderer,
});
