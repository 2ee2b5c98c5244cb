import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");
const field = (name) => `.o_field_widget[name=${name}]`;

function choose(name, text) {
    return [
        {trigger: `${field(name)} input`, run: `edit ${text}`},
        {trigger: `.o-autocomplete--dropdown-item:contains("${text}")`, run: "click"},
    ];
}

function searchFor(text, facet, rows) {
    const found = `.o_searchview_autocomplete .o-dropdown-item:contains("${facet}")`;
    return [
        {trigger: ".o_searchview_input", run: `edit ${text}`},
        {trigger: found, run: "click"},
        {trigger: `.o_facet_values:contains("${text}")`},
        {trigger: `.o_list_table ${rows}`},
        {trigger: ".o_facet_remove", run: "click"},
    ];
}

/** Somebody calls: who it is, what happened, who should take it. */
tours.add("complaint_register", {
    url: "/odoo/complaints",
    steps: () => [
        {trigger: ".o-kanban-button-new, .o_list_button_add", run: "click"},
        {trigger: ".o_form_view.o_form_dirty, .o_form_view"},
        // A contact is found by telephone number …
        {trigger: `${field("contact_partner_id")} input`, run: "edit 0411 8888 1234"},
        {trigger: ".o-autocomplete--dropdown-item:contains(Wang Fang)", run: "click"},
        // … and known with phone and earlier complaints at once.
        {trigger: `${field("contact_name")} input:value(Wang Fang)`},
        {trigger: ".alert:contains(earlier or open) .o_data_row:contains(Squealing)"},
        {
            trigger: `${field("subject")} input, ${field("subject")} textarea`,
            run: "edit Brakes squeal",
        },
        {
            trigger: `${field("description")} .odoo-editor-editable`,
            run: "editor Since the repair.",
        },
        ...choose("category_id", "Quality"),
        ...choose("channel_id", "Telephone"),
        ...stepUtils.saveForm(),
        {trigger: `${field("handover_state")}:contains(Waiting)`},
        {trigger: "button[name]:contains(Hand Over)", run: "click"},
        {trigger: ".modal:contains(To Department)"},
        {trigger: `.modal ${field("department_id")} input`, run: "edit Sales"},
        {trigger: ".o-autocomplete--dropdown-item:contains(Sales)", run: "click"},
        {trigger: `.modal ${field("note")} textarea`, run: "edit Promised by sales"},
        {trigger: ".modal button[name=action_hand_over]", run: "click"},
        {trigger: `body:not(:has(.modal)) ${field("department_id")}:contains(Sales)`},
    ],
});

/** The handler of the other department signs, notes the finding and closes. */
tours.add("complaint_handle", {
    url: "/odoo/complaints-to-accept",
    steps: () => [
        {trigger: ".o_data_row:contains(Brakes squeal) td[name=subject]", run: "click"},
        {trigger: "button[name=action_accept].btn-primary", run: "click"},
        {trigger: `${field("handover_state")}:contains(Accepted)`},
        {trigger: ".o_notebook a[name=assignments]", run: "click"},
        {
            trigger:
                ".o_data_row:contains(Lead Handling):contains(In Progress) button[name=action_open]",
            run: "click",
        },
        {
            trigger: `.modal ${field("opinion")} .odoo-editor-editable`,
            run: "editor The pads are worn.",
        },
        {trigger: ".modal .o_form_button_save", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_data_row:contains(The pads are worn)"},
        {trigger: ".o_form_statusbar button.btn-primary:contains(Close)", run: "click"},
        {trigger: `.modal ${field("outcome_id")} input`, run: "edit Settled"},
        {trigger: ".o-autocomplete--dropdown-item:contains(Settled)", run: "click"},
        {
            trigger: `.modal ${field("note")} textarea`,
            run: "edit New pads, free of charge",
        },
        {trigger: ".modal button[name=action_close]", run: "click"},
        {trigger: "body:not(:has(.modal)) button:contains(Reopen)"},
        {trigger: `${field("close_note")}:contains(New pads)`},
    ],
});

/** The closed case is found again by number, by phone and by a word of its text. */
let number;
tours.add("complaint_find", {
    url: "/odoo/complaints?view_type=list",
    steps: () => [
        {trigger: ".o_facet_remove", run: "click"},
        {trigger: ".o_searchview:not(:has(.o_searchview_facet))"},
        {
            trigger: ".o_data_row:contains('Brakes squeal') td[name=name]",
            run: ({anchor}) => (number = anchor.textContent.trim()),
        },
        {
            trigger: ".o_searchview_input",
            run: (helpers) => helpers.edit(number),
        },
        {trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click"},
        {trigger: ".o_data_row:only-child:contains('Brakes squeal')"},
        {trigger: ".o_facet_remove", run: "click"},
        // both cases of the caller
        ...searchFor("041188881234", "Phone", ".o_data_row:contains(Squealing)"),
        ...searchFor(
            "since the rep",
            "Number or Text",
            ".o_data_row:only-child:contains(Brakes)",
        ),
    ],
});
