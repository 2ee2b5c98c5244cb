import {registry} from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const field = (name) => `.o_field_widget[name=${name}]`;
const row = (text) => `${field("deadline_ids")} .o_data_row:contains(${text})`;

function openCase() {
    return [
        {
            trigger: ".o_data_row:contains(Brakes squeal) td[name=subject]",
            run: "click",
        },
        {trigger: ".o_form_view"},
    ];
}

/** A handler sees what is late, why it is due then, and asks for more time. */
tours.add("complaint_deadline_extend", {
    url: "/odoo/complaints?view_type=list",
    steps: () => [
        {
            trigger: `.o_data_row:contains(Brakes squeal) ${field("next_due_at")}.text-danger, .o_data_row:contains(Brakes squeal) .text-danger`,
        },
        ...openCase(),
        {trigger: `${field("next_due_at")}:contains(late)`},
        {trigger: ".o_notebook a[name=deadlines]", run: "click"},
        {trigger: `${row("First reply")}:contains(Late)`},
        {trigger: `${row("Full answer")} td[name=display_name]`, run: "click"},
        // Every working day that counts, up to the date
        {trigger: `.modal ${field("explanation")} tr:contains(Working day)`},
        {trigger: `.modal ${field("explanation")} tr:contains(Due)`},
        {trigger: `.modal ${field("explanation")}:contains(Times are those of)`},
        {trigger: ".modal .o_form_button_cancel, .modal .btn-close", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {trigger: `${row("Full answer")} button[name=action_extend]`, run: "click"},
        {trigger: `.modal ${field("reason")} input`, run: "edit Parts are late"},
        {
            trigger: `.modal ${field("due_at")} input, .modal ${field("due_at")} button`,
            run: "click",
        },
        {
            trigger: `.modal ${field("due_at")} input`,
            run: "edit 12/31/2040 10:00:00",
        },
        {trigger: `.modal ${field("reason")} input`, run: "click"},
        {trigger: ".modal footer button[name=action_extend]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ],
});

/** The manager finds the question and approves it. */
tours.add("complaint_deadline_approve", {
    url: "/odoo/my-complaint-approvals",
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(Brakes squeal) button[name=action_approve], .o_kanban_record:contains(Brakes squeal) button[name=action_approve]",
            run: "click",
        },
        {trigger: ".o_view_nocontent, body:not(:has(button[name=action_approve]))"},
    ],
});

/** The date has moved; the handler calls for help all the same. */
tours.add("complaint_deadline_escalate", {
    url: "/odoo/complaints?view_type=list",
    steps: () => [
        ...openCase(),
        {trigger: ".o_notebook a[name=deadlines]", run: "click"},
        {trigger: `${row("Full answer")}:contains(In Time)`},
        {
            trigger: ".o_form_statusbar button:contains(Escalate)",
            run: "click",
        },
        {trigger: `.modal ${field("rule_id")}`},
        {trigger: `.modal ${field("reason")} input`, run: "edit The press is here"},
        {trigger: ".modal button[name=action_escalate]", run: "click"},
        {trigger: "body:not(:has(.modal))"},
        {trigger: ".o_notebook a[name=deadlines]", run: "click"},
        {
            trigger: `${field("escalation_ids")} .o_data_row:contains(Help of the Chief)`,
        },
    ],
});
