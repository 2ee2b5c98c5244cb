import {
    addTour,
    answer,
    callBack,
    calls,
    cases,
    choose,
    close,
    field,
    fill,
    modal,
    moveTo,
    open,
    page,
    pick,
    press,
    register,
    satisfied,
    take,
    tick,
    write,
} from "./journey_steps";

const subject = "Brakes still squeak";

const notFixed = [
    ...tick("satisfaction", "dissatisfied"),
    ...pick("reason_id", "It Isn't Fixed"),
    ...write("note", "It squeaks as before."),
];

addTour("complaint_journey_car_register", {
    ...cases,
    steps: () => register("CAR", subject),
});

/** The workshop answers; the owner isn't satisfied. */
addTour("complaint_journey_car_first", {
    ...cases,
    steps: () => [
        ...take(subject),
        ...moveTo("Handling"),
        ...answer(subject, "New pads."),
        press("Satisfied?"),
        ...fill([...notFixed, {trigger: `${modal}:contains("Round 2")`}], "Note It"),
        // Somebody else has it now: the list is shown again, or the new round.
        {trigger: `.o_action_manager:contains("${subject}")`},
    ],
});

/** So it goes to the manager, and then to the board outside. */
addTour("complaint_journey_car_second", {
    ...cases,
    steps: () => [
        ...take(subject),
        {trigger: ".badge:contains(Round)"},
        page("rounds"),
        {trigger: `${field("round_ids")} .o_data_row:contains("It Isn't Fixed")`},
        ...answer(subject, "New discs, free of charge."),
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
        ...open(subject),
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
        ...close("Settled"),
        page("rounds"),
        {trigger: `${field("round_ids")} .o_data_row:eq(2)`},
    ],
});

/** Another owner is satisfied; the case is closed. */
addTour("complaint_journey_car_satisfied", {
    ...cases,
    steps: () => [
        ...take(subject),
        ...answer(subject, "New pads."),
        ...satisfied(),
        ...close("Settled"),
    ],
});

/** Who has it called back finds out that nothing was done. */
addTour("complaint_journey_car_call", {
    ...calls,
    steps: () =>
        callBack(
            2,
            ...choose("satisfaction", "Not Satisfied"),
            ...pick("reason_id", "It Isn't Fixed"),
        ),
});

/** A second owner withdraws, to the colleague of whom he complained. */
addTour("complaint_journey_car_withdraw", {
    ...cases,
    steps: () => [
        ...take("Rude on the telephone"),
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
