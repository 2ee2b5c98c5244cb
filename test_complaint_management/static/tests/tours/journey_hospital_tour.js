import {
    addTour,
    field,
    fill,
    modal,
    open,
    page,
    pick,
    press,
    refused,
    tick,
    write,
    writeText,
} from "./journey_steps";

const asked = {
    url: "/odoo/action-complaint_management.complaint_assignment_action_department",
};

function find(conclusion, reasons, ...more) {
    return [
        ...open("Wrong dose"),
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
        ...open("Wrong dose"),
        {trigger: `${field("finding")}:contains("Partly Founded")`},
        page("finding"),
        {trigger: `${field("finding_ids")} .o_data_row:eq(1)`},
        page("correspondence"),
        press("Answer", ".o_notebook"),
        ...writeText("text", "We were late.", ".o_form_view"),
        press("Give the Answer"),
        ...refused("Every Point", "Reasons", "Routes Of Appeal"),
        {
            trigger: `${field("point_ids")} .o_data_row:contains("Nobody apologised") td[name=answer]`,
            run: "click",
        },
        ...write("answer", "We apologise.", ".o_selected_row"),
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
    url: "/odoo/my-complaint-approvals",
    steps: () => [
        ...open("Wrong dose"),
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
        press("Sent or Served", ".o_form_statusbar"),
        ...fill(
            [...tick("step", "served"), ...write("note", "RM 1234 5678 9CN")],
            "Note It",
        ),
        {trigger: `${field("served_note")}:contains(RM 1234)`},
    ],
});
