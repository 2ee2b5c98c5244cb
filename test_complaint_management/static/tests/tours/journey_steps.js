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

/** Where journeys begin: the cases, what one is asked to agree to. */
export const cases = {url: "/odoo/complaints?view_type=list"};
export const approvals = {url: "/odoo/my-complaint-approvals"};

export const calls = {url: "/odoo/complaint-follow-ups"};

export const form = ".o_form_view";
export const field = (name) => `.o_field_widget[name=${name}]`;
export const modal = ".modal:not(.o_inactive_modal)";
export const noModal = "body:not(:has(.modal))";

/** Nothing is left to be saved. */
export const saved = {trigger: "body:not(:has(.o_form_button_save:visible))"};

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

export function save() {
    return [{trigger: ".o_form_button_save", run: "click"}, saved];
}

/** Go back to the case that says `text`. */
export function back(text) {
    return {trigger: `.o_control_panel a:contains("${text}")`, run: "click"};
}

export function page(name) {
    return {trigger: `.o_notebook a[name=${name}]`, run: "click"};
}

/** Press a button: of the form, or of the window that is open. */
export function press(label, where = form) {
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

/** Edit a row of a list in it: one that says `text`, or a new one. */
export function row(name, text, steps) {
    const cell = `.o_data_row:contains("${text}") td[name]:first`;
    return [
        {
            trigger: `${field(name)} ${text ? cell : ".o_field_x2many_list_row_add a"}`,
            run: "click",
        },
        ...steps(`${field(name)} .o_selected_row`),
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

// What every journey has, whoever complains of what.

/** Somebody calls: the case of `policy` is registered. */
export function register(policy, subject, ...more) {
    return [
        {trigger: ".o_list_button_add", run: "click"},
        ...pick("policy_id", policy, form),
        ...write("subject", subject, form),
        ...write("contact_name", "Wang Fang", form),
        ...write("contact_phone", "0411 5550 1234", form),
        ...more,
        ...save(),
        {trigger: `${form} .o_form_sheet:contains("${policy}/")`},
    ];
}

/** Who is asked signs for the case, and begins. */
export function take(subject, label = "Accept") {
    return [
        ...open(subject),
        press(label, ".o_form_statusbar"),
        {trigger: `${field("handover_state")}:contains(Accepted)`},
    ];
}

/** Move the case to the column `name`. */
export function moveTo(name) {
    const arrow = `.o_statusbar_status .o_arrow_button:contains("${name}")`;
    return [
        {trigger: arrow, run: "click"},
        {trigger: `.o_statusbar_status .o_arrow_button_current:contains("${name}")`},
        saved,
    ];
}

/** Somebody is called back: what they say, and the score of the first question. */
export function callBack(score, ...steps) {
    return [
        press("Start Calling", ".o_action_manager"),
        ...fill(
            [
                {
                    trigger: `${modal} ${field("line_ids")} button:contains(${score})`,
                    run: "click",
                },
                ...steps,
            ],
            "Save",
        ),
        {trigger: ".o_action_manager"},
    ];
}

/** Choose what a badge says. */
export function choose(name, text) {
    const badge = `${field(name)} .o_selection_badge:contains("${text}")`;
    return [{trigger: `${modal} ${badge}`, run: "click"}];
}

/** Begin an answer to the case that is open. */
export function beginAnswer(text) {
    return [
        page("correspondence"),
        press("Answer", ".o_notebook"),
        {trigger: `${form} .o_form_sheet:has([name=point_ids])`},
        ...writeText("text", text, form),
    ];
}

/** Answer the case `subject`, by telephone or `how`. */
export function answer(subject, text, how = "Telephone") {
    return [
        ...beginAnswer(text),
        ...select("how", how, form),
        press("Give the Answer"),
        {trigger: field("given_at")},
        back(subject),
    ];
}

/** Note what became of the letters that are chosen, or open. */
export function serve(note, where = ".o_form_statusbar") {
    return [
        press("Sent or Served", where),
        ...fill([...tick("step", "served"), ...write("note", note)], "Note It"),
    ];
}

/** Ask who complained, and note that the answer satisfies. */
export function satisfied() {
    return [
        press("Satisfied?"),
        ...fill([], "Note It"),
        {trigger: `${field("satisfaction")}:contains(Satisfied)`},
    ];
}

export function close(outcome) {
    return [
        press("Close", ".o_form_statusbar"),
        ...fill(pick("outcome_id", outcome), "Close"),
        {trigger: `${noModal} button:contains(Reopen)`},
    ];
}
