const READONLY = [
    "clearTimeout console document fetch FormData URL URLSearchParams Event",
    "CustomEvent File FileReader Blob HTMLElement localStorage navigator",
    "requestAnimationFrame sessionStorage setTimeout window crypto globalThis luxon",
];

export default [
    {
        languageOptions: {
            ecmaVersion: "latest",
            sourceType: "module",
            globals: Object.fromEntries(
                READONLY.join(" ")
                    .split(" ")
                    .map((name) => [name, "readonly"])
            ),
        },
        rules: {
            complexity: ["error", 10],
            curly: "error",
            eqeqeq: "error",
            "max-lines": ["error", 150],
            "no-console": "error",
            "no-const-assign": "error",
            "no-debugger": "error",
            "no-dupe-class-members": "error",
            "no-dupe-keys": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-shadow": "error",
            "no-undef": "error",
            "no-unreachable": "error",
            "no-unused-vars": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
        },
    },
    {files: ["**/tests/**"], rules: {"max-lines": "off"}},
];
