import {
    addTour,
    approvals,
    beginAnswer,
    cases,
    close,
    field,
    fill,
    form,
    modal,
    moveTo,
    open,
    page,
    pick,
    press,
    refused,
    register,
    row,
    save,
    serve,
    take,
    tick,
    write,
    writeText,
} from "./journey_steps";

const subject = "Wrong dose";
const asked = {
    url: "/odoo/action-complaint_management.complaint_assignment_action_department",
};

/** The patient writes. */
addTour("complaint_journey_hospital_register", {
    ...cases,
    steps: () => register("DISPUTE", subject, ...tick("form", "written", form)),
});

/** The office takes it, and notes what is complained about. */
addTour("complaint_journey_hospital_take", {
    ...cases,
    steps: () => [
        ...take(subject),
        ...moveTo("Handling"),
        page("correspondence"),
        ...row("point_ids", "", (line) => write("name", "Nobody apologised", line)),
        ...save(),
    ],
});

function find(conclusion, reasons, ...more) {
    return [
        ...open(subject),
        press("Write the Finding"),
        ...fill(
            [
                ...pick("conclusion_id", conclusion),
                ...more,
                ...writeText("reasons", reasons),
            ],
            "Write the Finding",
        ),
    ];
}

/** The ward finds nothing. */
addTour("complaint_journey_hospital_ward", {
    ...asked,
    steps: () => [
        ...find("Unfounded", "The dose was right."),
        {trigger: `${field("state")}:contains(Done)`},
    ],
});

/** The committee, asked because of that, finds more, and who answers for it. */
addTour("complaint_journey_hospital_committee", {
    url: "/odoo/my-complaint-assignments",
    steps: () => [
        ...find(
            "Partly Founded",
            "Half an hour late.",
            ...pick("cause_id", "Workmanship"),
            {
                trigger: `${modal} ${field("line_ids")} .o_field_x2many_list_row_add a`,
                run: "click",
            },
            ...pick("department_id", "Service", `${modal} .o_selected_row`),
            ...write("share", "100", `${modal} .o_selected_row`),
        ),
        {trigger: `${field("state")}:contains(Done)`},
    ],
});

/** The office may give no answer that the policy finds incomplete. */
addTour("complaint_journey_hospital_answer", {
    url: "/odoo/complaints?view_type=list",
    steps: () => [
        ...open(subject),
        {trigger: `${field("finding")}:contains("Partly Founded")`},
        page("finding"),
        {trigger: `${field("finding_ids")} .o_data_row:eq(1)`},
        ...beginAnswer("We were late."),
        press("Give the Answer"),
        ...refused("Every Point", "Reasons", "Routes Of Appeal"),
        ...row("point_ids", "Nobody apologised", (line) =>
            write("answer", "We apologise.", line),
        ),
        ...["Reasons", "Routes Of Appeal"].map((name) => ({
            trigger: `${field("check_ids")} .o_data_row:contains("${name}") td[name=ticked] input`,
            run: "click",
        })),
        press("Give the Answer"),
        {trigger: ".o_form_statusbar button:contains(Back to Draft)"},
    ],
});

/** The director reads it and agrees. */
addTour("complaint_journey_hospital_approve", {
    ...approvals,
    steps: () => [
        ...open(subject),
        {trigger: `${field("summary")}:contains(We were late)`},
        press("Approve"),
        {trigger: `${field("answered_by_id")}:contains(Director)`},
    ],
});

/** The letter that came of it is read and sent. */
addTour("complaint_journey_hospital_send", {
    url: "/odoo/complaint-letters",
    steps: () => [
        ...open("Our answer to"),
        {trigger: `${field("body")}:contains(We were late)`},
        ...serve("RM 1234 5678 9CN"),
        {trigger: `${field("served_note")}:contains(RM 1234)`},
    ],
});

/** The patient doesn't complain further. */
addTour("complaint_journey_hospital_close", {
    ...cases,
    steps: () => [...open(subject), ...close("Settled")],
});
