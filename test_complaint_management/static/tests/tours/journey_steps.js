/** What people do again and again in the windows of a case. */

import {registry} from "@web/core/registry";

/** How long a step may take, in milliseconds: a busy machine is slow. */
const TIMEOUT = 30000;

export function addTour(name, {url, steps}) {
    registry.category("web_tour.tours").add(name, {
        url,
        steps: () => steps().map((step) => ({timeout: TIMEOUT, ...step})),
    });
}

export const field = (name) => `.o_field_widget[name=${name}]`;
export const modal = ".modal:not(.o_inactive_modal)";
export const noModal = "body:not(:has(.modal))";

/** Open the record of a list that says `text`. */
export function open(text) {
    return [
        {
            trigger: `.o_list_view .o_data_row:contains("${text}") .o_data_cell:not(.o_list_button):first`,
            run: "click",
        },
        {trigger: ".o_form_view .o_form_sheet"},
    ];
}

/** Go back to the case that says `text`. */
export function back(text) {
    return {trigger: `.o_control_panel a:contains("${text}")`, run: "click"};
}

export function page(name) {
    return {trigger: `.o_notebook a[name=${name}]`, run: "click"};
}

/** Press a button: of the form, or of the window that is open. */
export function press(label, where = ".o_form_view") {
    return {trigger: `${where} button:contains("${label}")`, run: "click"};
}

/** Press a button of the row of a list that says `text`. */
export function pressOf(name, text, label) {
    return press(label, `${field(name)} .o_data_row:contains("${text}")`);
}

/** Fill in the window that a button has opened, and press its own one. */
export function fill(steps, label) {
    return [
        {trigger: `${modal} .o_form_view`},
        ...steps,
        press(label, `${modal} footer`),
        {trigger: noModal},
    ];
}

export function write(name, text, where = modal) {
    const place = `${where} ${field(name)}`;
    return [{trigger: `${place} input, ${place} textarea`, run: `edit ${text}`}];
}

export function writeText(name, text, where = modal) {
    const place = `${where} ${field(name)} .odoo-editor-editable`;
    return [{trigger: place, run: `editor ${text}`}];
}

/** Choose a record by its name. */
export function pick(name, text, where = modal) {
    return [
        {trigger: `${where} ${field(name)} input`, run: `edit ${text}`},
        {
            trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains("${text}")`,
            run: "click",
        },
    ];
}

/** Choose one of a fixed list. */
export function select(name, text, where = modal) {
    return [
        {trigger: `${where} ${field(name)} input`, run: "click"},
        {trigger: `.o_select_menu_item:contains("${text}")`, run: "click"},
        {trigger: `${where} ${field(name)} input:value("${text}")`},
    ];
}

export function tick(name, value, where = modal) {
    return [
        {
            trigger: `${where} ${field(name)} input[data-value="${value}"]`,
            run: "click",
        },
    ];
}

/** Something is refused with a sentence that says `text`. */
export function refused(...texts) {
    const said = texts.map((text) => `:contains("${text}")`).join("");
    // Not the window below it, which may speak of the same.
    return [
        {
            trigger: `${modal}:not(:has(.o_form_view))${said} footer .btn-primary`,
            run: "click",
        },
    ];
}
