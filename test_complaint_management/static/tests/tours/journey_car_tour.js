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
    select,
    tick,
    write,
    writeText,
} from "./journey_steps";

const cases = {url: "/odoo/complaints?view_type=list"};

function answer(text) {
    return [
        page("correspondence"),
        press("Answer", ".o_notebook"),
        {trigger: ".o_form_view .o_form_sheet:has([name=point_ids])"},
        ...select("how", "Telephone", ".o_form_view"),
        ...writeText("text", text, ".o_form_view"),
        press("Give the Answer"),
        {trigger: field("given_at")},
        back("Brakes still squeak"),
    ];
}

const notFixed = [
    ...tick("satisfaction", "dissatisfied"),
    ...pick("reason_id", "It Isn't Fixed"),
    ...write("note", "It squeaks as before."),
];

/** The workshop answers; the owner isn't satisfied. */
addTour("complaint_journey_car_first", {
    ...cases,
    steps: () => [
        ...open("Brakes still squeak"),
        ...answer("New pads."),
        press("Satisfied?"),
        ...fill([...notFixed, {trigger: `${modal}:contains("Round 2")`}], "Note It"),
        // Somebody else has it now: the list is shown again, or the new round.
        {trigger: ".o_action_manager:contains(Brakes still squeak)"},
    ],
});

/** So it goes to the manager, and then to the board outside. */
addTour("complaint_journey_car_second", {
    ...cases,
    steps: () => [
        ...open("Brakes still squeak"),
        {trigger: ".badge:contains(Round)"},
        page("rounds"),
        {trigger: `${field("round_ids")} .o_data_row:contains("It Isn't Fixed")`},
        ...answer("New discs, free of charge."),
        press("Satisfied?"),
        ...fill(
            [
                ...notFixed,
                ...pick("rule_id", "Mediation"),
                {
                    trigger: `${modal} ${field("forum_partner_id")} input:value("Mediation Board")`,
                },
                ...write("forum_reference", "M-2026-17"),
            ],
            "Note It",
        ),
        {trigger: `${field("forum")}:contains(Mediation)`},
        page("deadlines"),
        {trigger: `${field("deadline_ids")} .o_data_row:contains(Mediation)`},
    ],
});

/** The board has decided; the case ends. */
addTour("complaint_journey_car_third", {
    ...cases,
    steps: () => [
        ...open("Brakes still squeak"),
        press("Note the Decision"),
        ...fill(
            [
                {
                    trigger: `${modal} ${field("decided_on")} input, ${modal} ${field("decided_on")} button`,
                    run: "click",
                },
                ...write("decided_on", "12/31/2040"),
                ...write("forum_outcome", "Half of the price is paid back."),
            ],
            "Note It",
        ),
        press("Close", ".o_form_statusbar"),
        ...fill(pick("outcome_id", "Settled"), "Close"),
        {trigger: `${noModal} button:contains(Reopen)`},
        page("rounds"),
        {trigger: `${field("round_ids")} .o_data_row:eq(2)`},
    ],
});

/** Who had it called back finds out that nothing was done. */
addTour("complaint_journey_car_call", {
    url: "/odoo/complaint-follow-ups",
    steps: () => [
        press("Start Calling", ".o_action_manager"),
        ...fill(
            [
                {trigger: `${modal} ${field("line_ids")}`},
                {
                    trigger: `${modal} ${field("line_ids")} button:contains(2), ${modal} ${field("line_ids")} label:contains(2)`,
                    run: "click",
                },
                {
                    trigger: `${modal} ${field("satisfaction")} .o_selection_badge:contains("Not Satisfied")`,
                    run: "click",
                },
                ...pick("reason_id", "It Isn't Fixed"),
            ],
            "Save",
        ),
        {trigger: ".o_action_manager"},
    ],
});

/** A second owner withdraws, to the colleague of whom he complained. */
addTour("complaint_journey_car_withdraw", {
    ...cases,
    steps: () => [
        ...open("Rude on the telephone"),
        {trigger: ".o_cp_action_menus .dropdown-toggle", run: "click"},
        {trigger: ".o-dropdown-item:contains(Withdraw)", run: "click"},
        ...fill(
            [
                {trigger: `${modal}:contains("Somebody else verifies")`},
                ...pick("reason_id", "No Longer Important"),
                ...write("note", "Leave me alone with it."),
            ],
            "Withdraw",
        ),
        {trigger: ".alert:contains(to be verified first)"},
    ],
});

/** The office asks him itself. */
addTour("complaint_journey_car_verify", {
    ...cases,
    steps: () => [
        ...open("Rude on the telephone"),
        press("Verify", ".o_form_view .alert"),
        ...fill(
            [
                ...tick("verdict", "pressed"),
                ...write("note", "He was told his warranty would end."),
            ],
            "Verify",
        ),
        {trigger: ".alert:contains(was pressed to withdraw)"},
        page("withdrawals"),
        {trigger: `${field("withdrawal_ids")} .o_data_row:contains(warranty)`},
    ],
});
