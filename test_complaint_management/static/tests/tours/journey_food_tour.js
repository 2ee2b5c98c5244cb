import {
    addTour,
    answer,
    approvals,
    callBack,
    calls,
    cases,
    choose,
    close,
    field,
    fill,
    form,
    modal,
    open,
    page,
    pick,
    press,
    pressOf,
    refused,
    register,
    satisfied,
    select,
    take,
    write,
} from "./journey_steps";

const subject = "Mouldy tofu";

addTour("complaint_journey_food_register", {
    ...cases,
    steps: () => register("TOFU", subject, ...pick("category_id", "Short", form)),
});

/** The workshop signs for the case and proposes more than its class gets. */
addTour("complaint_journey_food_propose", {
    url: "/odoo/complaints-to-accept",
    steps: () => [
        ...take(subject),
        page("remedies"),
        press("Propose a Remedy"),
        ...fill(
            [
                ...pick("type_id", "Gift"),
                // What the class gets is proposed.
                {trigger: `${modal} ${field("ratio")} input:value(2.00)`},
                ...write("ratio", "5"),
                ...write("base_quantity", "2"),
                ...write("unit_value", "4.5 && press Tab"),
                {trigger: `${modal} ${field("amount")}:contains(45)`},
            ],
            "Propose",
        ),
        {trigger: `${field("remedy_ids")} .o_data_row:contains(Gift)`},
        {trigger: ".alert:contains(Waiting for approval)"},
        {trigger: "body:not(:has(button:contains(Offer)))"},
    ],
});

/** The company says no, and why. */
addTour("complaint_journey_food_refuse", {
    ...approvals,
    steps: () => [
        ...open("Gift"),
        {trigger: `${field("summary")}:contains(1:5)`},
        press("Refuse"),
        ...fill(write("reason", "Three times is enough."), "Refuse"),
        {trigger: `${field("answer_note")}:contains(Three times)`},
    ],
});

/** It comes back with the reason, and is proposed anew. */
addTour("complaint_journey_food_change", {
    ...cases,
    steps: () => [
        ...open(subject),
        page("remedies"),
        {trigger: `${field("remedy_ids")} .o_data_row:contains(Refused)`},
        {
            trigger: `${field("remedy_ids")} button[name=action_change]`,
            run: "click",
        },
        {trigger: `${modal}:contains("Three times is enough.")`},
        ...fill(write("ratio", "3"), "Propose"),
        {trigger: ".alert:contains(Waiting for approval)"},
    ],
});

/** Approved in the list, with others that there may be. */
addTour("complaint_journey_food_approve", {
    ...approvals,
    steps: () => [
        {
            trigger: ".o_data_row:contains(Gift) .o_list_record_selector input",
            run: "click",
        },
        press("Approve", ".o_control_panel"),
        {trigger: "body:not(:has(.o_data_row:contains(Gift)))"},
    ],
});

/** Offered by telephone, agreed to, given with a proof; answered, satisfied. */
addTour("complaint_journey_food_close", {
    ...cases,
    steps: () => [
        ...open(subject),
        page("remedies"),
        pressOf("remedy_ids", "Gift", "Offer"),
        ...fill(select("offered_how", "By Telephone"), "Note It"),
        pressOf("remedy_ids", "Gift", "Agreed To"),
        ...fill([], "Note It"),
        pressOf("remedy_ids", "Gift", "Carried Out"),
        {trigger: `${modal}:contains("A proof is needed")`},
        press("Note It", `${modal} footer`),
        ...refused("proof"),
        ...fill(write("proof_reference", "Delivery 4711"), "Note It"),
        {trigger: `${field("remedy_ids")} .o_data_row:contains("Carried Out")`},
        ...answer(subject, "We are sorry."),
        ...satisfied(),
        ...close("Remedied"),
    ],
});

/** The company asks afterwards, whether the gift arrived. */
addTour("complaint_journey_food_call", {
    ...calls,
    steps: () => callBack(5, ...choose("satisfaction", "Satisfied")),
});
