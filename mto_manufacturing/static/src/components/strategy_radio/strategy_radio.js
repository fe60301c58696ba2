import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/**
 * What each strategy does, in one line, for the person who chooses.
 */
const HELP = {
    mts: _t("Delivered from stock. Reordering rules, or people, keep the stock up."),
    mts_mto: _t(
        "Free stock is kept for the order; only the rest is made or bought for it."
    ),
    mto: _t("Made or bought for each order, even when there is stock."),
};

/**
 * The strategies as radio buttons with a line of help each. The first button stands for the
 * empty value, and the placeholder, if there is one, is its label.
 */
export class StrategyRadio extends RadioField {
    static template = "mto_manufacturing.StrategyRadio";
    static props = {
        ...RadioField.props,
        inherited: { type: String, optional: true },
        emptyLabel: { type: String, optional: true },
    };

    get choices() {
        return [
            {
                value: false,
                label: this.props.emptyLabel || _t("As category"),
                help: this.inheritedHelp,
            },
            ...this.items.map(([value, label]) => ({
                value,
                label,
                help: HELP[value] || "",
            })),
        ];
    }

    /** What the empty value comes to at present. */
    get inheritedHelp() {
        const inherited =
            this.props.inherited && this.props.record.data[this.props.inherited];
        const item = this.items.find(([value]) => value === inherited);
        return item ? _t("At present: %s", item[1]) : "";
    }
}

export const strategyRadio = {
    ...radioField,
    component: StrategyRadio,
    displayName: _t("Supply strategy"),
    supportedTypes: ["selection"],
    supportedOptions: [
        {
            label: _t("Field with the inherited strategy"),
            name: "inherited",
            type: "field",
            availableTypes: ["selection"],
        },
    ],
    isEmpty: () => false,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...radioField.extractProps(fieldInfo, dynamicInfo),
        inherited: fieldInfo.options.inherited,
        emptyLabel: fieldInfo.placeholder,
    }),
};

registry.category("fields").add("mto_strategy_radio", strategyRadio);
