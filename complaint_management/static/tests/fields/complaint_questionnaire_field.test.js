import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import {expect, test} from "@odoo/hoot";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {onRpc} from "@web/../tests/web_test_helpers";
import {queryAllTexts} from "@odoo/hoot-dom";

class Line extends models.Model {
    _name = "complaint.follow.up.call.line";

    name = fields.Char();
    kind = fields.Selection({
        selection: [
            ["score", "Score"],
            ["yes_no", "Yes or No"],
            ["text", "Words"],
        ],
    });
    value = fields.Char();

    _records = [
        {id: 1, name: "Satisfied?", kind: "score"},
        {id: 2, name: "Done?", kind: "yes_no", value: "no"},
        {id: 3, name: "Better?", kind: "text"},
    ];
}

class Call extends models.Model {
    _name = "complaint.follow.up.call";

    line_ids = fields.One2many({relation: "complaint.follow.up.call.line"});

    _records = [{id: 1, line_ids: [1, 2, 3]}];
}

defineMailModels();
defineModels([Line, Call]);

const form = {
    type: "form",
    resModel: "complaint.follow.up.call",
    resId: 1,
    arch: `
        <form>
            <field name="line_ids" widget="complaint_questionnaire">
                <list>
                    <field name="name"/>
                    <field name="kind"/>
                    <field name="value"/>
                </list>
            </field>
        </form>`,
};

test("asks each question by its kind", async () => {
    await mountView(form);
    expect(queryAllTexts(".o_complaint_questionnaire .fw-bold")).toEqual([
        "Satisfied?",
        "Done?",
        "Better?",
    ]);
    expect(queryAllTexts(".o_complaint_questionnaire button")).toEqual([
        "1",
        "2",
        "3",
        "4",
        "5",
        "Yes",
        "No",
    ]);
    expect("button[aria-pressed='true']").toHaveText("No");
});

test("keeps what is clicked and written; a second click takes it back", async () => {
    onRpc("complaint.follow.up.call", "web_save", ({args}) => {
        const values = Object.fromEntries(
            args[1].line_ids.map(([, id, line]) => [id, line.value]),
        );
        expect(values).toEqual({1: "4", 2: false, 3: "Ring first."});
        expect.step("saved");
    });
    await mountView(form);
    await contains("button:contains(4)").click();
    await contains("button:contains(No)").click();
    await contains("textarea").edit("Ring first.");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["saved"]);
});
