// Odoo 19's web client: ES modules on OWL, in the browser, no jQuery, no direct DOM.
import { createRequire } from "node:module";

// The linters are installed outside the checkout; unlike `import`, `require` finds them there.
const require = createRequire(import.meta.url);
const js = require("@eslint/js");
const globals = require("globals");

const noDom = [
    "AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]",
    "CallExpression > MemberExpression.callee[property.name='insertAdjacentHTML']",
    "CallExpression > MemberExpression.callee[property.name=/^querySelector(All)?$/]",
    "CallExpression > MemberExpression.callee[object.name='document']",
].map((selector) => ({
    selector,
    message: "Let OWL draw: a template, a ref, `markup`.",
}));

export default [
    js.configs.recommended,
    {
        languageOptions: { ecmaVersion: 2022, sourceType: "module" },
        rules: {
            complexity: ["error", 10],
            curly: "error",
            eqeqeq: "error",
            "max-depth": ["error", 3],
            "max-lines": ["error", 400],
            "no-console": "error",
            "no-else-return": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-shadow": "error",
            "no-use-before-define": ["error", { functions: false }],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
        },
    },
    {
        files: ["mto_manufacturing/static/**/*.js"],
        languageOptions: {
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        rules: {
            "no-restricted-globals": [
                "error",
                { name: "owl", message: 'Import from "@odoo/owl".' },
                { name: "event", message: "Take the handler's argument." },
            ],
        },
    },
    {
        files: ["mto_manufacturing/static/src/**/*.js"],
        rules: {
            "max-lines-per-function": [
                "error",
                { max: 40, skipBlankLines: true, skipComments: true },
            ],
            "no-restricted-syntax": ["error", ...noDom],
        },
    },
    {
        files: ["*.mjs"],
        languageOptions: { globals: globals.node },
    },
];
