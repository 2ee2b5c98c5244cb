import {
    addTour,
    answer,
    approvals,
    back,
    cases,
    close,
    field,
    fill,
    modal,
    moveTo,
    noModal,
    open,
    page,
    pick,
    press,
    pressOf,
    register,
    select,
    serve,
    take,
    tick,
    write,
    writeText,
} from "./journey_steps";

const subject = "Hotel without windows";

addTour("complaint_journey_tourism_register", {
    ...cases,
    steps: () => register("TOUR", subject),
});

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
        {trigger: ".alert:contains(Waiting for approval):contains(Not to accept)"},
    ],
});

/** The leader agrees in one click, from the case that the question names. */
addTour("complaint_journey_tourism_approve", {
    ...approvals,
    steps: () => [
        {
            trigger:
                ".o_data_row:contains(Journey of last) button[name=action_approve]",
            run: "click",
        },
        {trigger: ".o_view_nocontent:contains(waits)"},
    ],
});

function respondent(name) {
    return [
        {
            trigger: `${field("party_ids")} .o_field_x2many_list_row_add a`,
            run: "click",
        },
        ...fill(
            [...select("type", "Complained About"), ...pick("partner_id", name)],
            "Save & Close",
        ),
        {trigger: `${field("party_ids")} .o_data_row:contains("${name}")`},
    ];
}

/** Of whom it is complained; something is missing, comes in, and the case is taken. */
addTour("complaint_journey_tourism_accept", {
    ...cases,
    steps: () => [
        ...take(subject),
        page("parties"),
        ...respondent("Sea Tours"),
        ...respondent("Sun Bus"),
        press("Decide on Acceptance"),
        ...fill(
            [
                ...tick("decision", "completion"),
                ...write("missing", "The contract of the journey"),
            ],
            "Decide",
        ),
        {trigger: `${field("acceptance")}:contains("To Be Completed")`},
        {trigger: `.alert:contains("asked for: The contract of the journey")`},
        press("Completion Received", ".o_form_statusbar"),
        press("Decide on Acceptance"),
        ...fill(tick("decision", "accept"), "Decide"),
        {trigger: `${field("acceptance")}:contains(Admitted)`},
        {trigger: "body:not(:has(.alert:contains(contract)))"},
    ],
});

/** Both agencies get a notice; the desk notes that it was signed for. */
addTour("complaint_journey_tourism_serve", {
    ...cases,
    steps: () => [
        ...open(subject),
        page("correspondence"),
        {trigger: `${field("letter_ids")} .o_data_row:eq(1)`},
        press("Print or Send Several", ".o_notebook"),
        {trigger: ".o_list_view thead .o_list_record_selector input", run: "click"},
        press("Send", ".o_control_panel"),
        {trigger: ".o_data_row:contains(Ready to Go Out)"},
        {trigger: "body:not(:has(.o_list_record_selector input:checked))"},
        {trigger: ".o_list_view thead .o_list_record_selector input", run: "click"},
        ...serve("Signed by the desk", ".o_control_panel"),
        {trigger: ".o_data_row:eq(1):contains(Served)"},
    ],
});

/** The clerk writes down what each agency says; each has a clock of its own. */
addTour("complaint_journey_tourism_statement", {
    ...cases,
    steps: () => [
        ...open(subject),
        page("deadlines"),
        {trigger: `${field("deadline_ids")} .o_data_row:contains("Sea Tours")`},
        {trigger: `${field("deadline_ids")} .o_data_row:contains("Sun Bus")`},
        page("assignments"),
        pressOf("assignment_ids", "Sea Tours", "Show"),
        ...writeText("opinion", "There was a window."),
        press("Done", modal),
        {trigger: noModal},
        {
            trigger: `${field("assignment_ids")} .o_data_row:contains(There was a window)`,
        },
        page("deadlines"),
        {trigger: `${field("deadline_ids")} .o_data_row:contains(Sea):contains(Over)`},
    ],
});

/** They agree before the mediator: three copies, signed by both, and it is over. */
addTour("complaint_journey_tourism_settle", {
    ...cases,
    steps: () => [
        ...open(subject),
        ...moveTo("Mediation"),
        page("correspondence"),
        press("Letter", ".o_notebook"),
        ...fill(pick("template_id", "Settlement"), "Write and Read"),
        {trigger: `${field("body")}:contains(The parties agree)`},
        {trigger: `${field("copies")} input:value(3)`},
        press("Send", ".o_form_statusbar"),
        ...serve("Signed before the mediator"),
        {trigger: field("served_at")},
        back(subject),
        ...close("Settled"),
    ],
});

/** They don't: the authority decides, and serves its decision. */
addTour("complaint_journey_tourism_decide", {
    ...cases,
    steps: () => [
        ...open(subject),
        ...moveTo("Handling"),
        ...answer(subject, "The agency pays 500.", "Letter by Post"),
        page("correspondence"),
        {
            trigger: `${field("letter_ids")} .o_data_row:contains(Decision) td[name=name]`,
            run: "click",
        },
        // The letter was made with the answer: it is served from its window.
        press("Sent or Served", `${modal} .o_form_statusbar`),
        {trigger: `${modal} ${field("step")}`},
        ...tick("step", "served"),
        ...write("note", "Signed by the tourist"),
        press("Note It", `${modal} footer`),
        {trigger: `${modal} ${field("served_note")}:contains(tourist)`},
        press("Close", `${modal} footer`),
        {
            trigger: `${noModal} ${field("letter_ids")} .o_data_row:contains(Decision):contains(Served)`,
        },
        ...close("Settled"),
        page("deadlines"),
        {trigger: `${field("deadline_ids")} .o_data_row:contains(Review)`},
    ],
});

/** Within its sixty days the tourist appeals. */
addTour("complaint_journey_tourism_appeal", {
    ...cases,
    steps: () => [
        {trigger: ".o_facet_remove", run: "click"},
        ...open(subject),
        press("Reopen"),
        ...fill(
            [...pick("cause_id", "Appeal"), ...write("note", "500 is too little.")],
            "Reopen",
        ),
        {trigger: ".badge:contains(Round)"},
        page("rounds"),
        {trigger: `${field("round_ids")} .o_data_row:contains(Appeal)`},
        page("deadlines"),
        {
            trigger: `${field("deadline_ids")} .o_data_row:contains(Review):contains(Over)`,
        },
    ],
});
