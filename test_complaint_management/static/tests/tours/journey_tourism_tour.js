import {
    addTour,
    back,
    field,
    fill,
    modal,
    noModal,
    open,
    page,
    pick,
    press,
    tick,
    write,
    writeText,
} from "./journey_steps";

const cases = {url: "/odoo/complaints?view_type=list"};

/** Too long ago: the ground is proposed; the leader has to agree. */
addTour("complaint_journey_tourism_refuse", {
    ...cases,
    steps: () => [
        ...open("Journey of last year"),
        {trigger: ".alert:has(.fa-hourglass-end)"},
        press("Decide on Acceptance"),
        ...fill(
            [
                ...tick("decision", "refuse"),
                {
                    trigger: `${modal} ${field("ground_id")} input:value("Limitation Period Is Over")`,
                },
                ...write("note", "More than ninety days."),
            ],
            "Decide",
        ),
        {trigger: ".alert:contains(Not accepting it waits for approval)"},
    ],
});

/** The leader agrees in one click, from the case that the question names. */
addTour("complaint_journey_tourism_approve", {
    url: "/odoo/my-complaint-approvals",
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(Journey of last) button[name=action_approve]",
            run: "click",
        },
        {trigger: ".o_view_nocontent:contains(waits)"},
    ],
});

/** Something is missing, comes in, and the case is taken; both agencies get a notice. */
addTour("complaint_journey_tourism_accept", {
    ...cases,
    steps: () => [
        ...open("Hotel without windows"),
        press("Decide on Acceptance"),
        ...fill(
            [
                ...tick("decision", "completion"),
                ...write("missing", "The contract of the journey"),
            ],
            "Decide",
        ),
        {trigger: `${field("acceptance")}:contains("To Be Completed")`},
        press("Completion Received", ".o_form_statusbar"),
        press("Decide on Acceptance"),
        ...fill(tick("decision", "accept"), "Decide"),
        {trigger: `${field("acceptance")}:contains(Admitted)`},
        page("correspondence"),
        {trigger: `${field("letter_ids")} .o_data_row:eq(1)`},
        press("Print or Send Several", ".o_notebook"),
        {trigger: ".o_list_view thead .o_list_record_selector input", run: "click"},
        press("Send", ".o_control_panel"),
        {trigger: ".o_data_row:contains(Ready to Go Out)"},
        {trigger: "body:not(:has(.o_list_record_selector input:checked))"},
        {trigger: ".o_list_view thead .o_list_record_selector input", run: "click"},
        press("Sent or Served", ".o_control_panel"),
        ...fill(
            [...tick("step", "served"), ...write("note", "Signed by the desk")],
            "Note It",
        ),
        {trigger: ".o_data_row:eq(1):contains(Served)"},
    ],
});

/** The clerk writes down what one agency says. */
addTour("complaint_journey_tourism_statement", {
    ...cases,
    steps: () => [
        ...open("Hotel without windows"),
        page("deadlines"),
        {trigger: `${field("deadline_ids")} .o_data_row:contains(Statement):eq(1)`},
        page("assignments"),
        // The desk signs for an agency that has no user here.
        {
            trigger: `${field("assignment_ids")} .o_data_row:contains(Statement) button[name=action_accept]:first`,
            run: "click",
        },
        {
            trigger: `${field("assignment_ids")} .o_data_row:contains(Statement):contains(In Progress) button[name=action_open]`,
            run: "click",
        },
        ...writeText("opinion", "There was a window."),
        press("Done", modal),
        {trigger: noModal},
        {
            trigger: `${field("assignment_ids")} .o_data_row:contains(There was a window)`,
        },
    ],
});

/** They agree: three copies, signed by both, and the case is closed. */
addTour("complaint_journey_tourism_settle", {
    ...cases,
    steps: () => [
        ...open("Hotel without windows"),
        page("correspondence"),
        press("Letter", ".o_notebook"),
        {trigger: `${modal} .o_form_view`},
        ...pick("template_id", "Settlement"),
        press("Write and Read", `${modal} footer`),
        {
            trigger:
                ".o_form_view:not(.modal *) .o_form_sheet:contains(The parties agree)",
        },
        {trigger: `${field("copies")}:contains(3), ${field("copies")} input:value(3)`},
        press("Send", ".o_form_statusbar"),
        press("Sent or Served", ".o_form_statusbar"),
        ...fill([...tick("step", "served")], "Note It"),
        {trigger: `${field("served_at")}`},
        back("Hotel without windows"),
        press("Close", ".o_form_statusbar"),
        ...fill(pick("outcome_id", "Settled"), "Close"),
        {trigger: `${noModal} button:contains(Reopen)`},
    ],
});
