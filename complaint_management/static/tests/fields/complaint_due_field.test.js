import {defineMailModels} from "@mail/../tests/mail_test_helpers";
import {expect, test} from "@odoo/hoot";
import {queryAllTexts} from "@odoo/hoot-dom";
import {mockDate} from "@odoo/hoot-mock";
import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";

class Assignment extends models.Model {
    _name = "complaint.assignment";

    due_at = fields.Datetime();
    warn_at = fields.Datetime();
    state = fields.Char();

    _records = [
        {id: 1, due_at: "2026-06-10 12:30:00", state: "pending"},
        {
            id: 2,
            due_at: "2026-06-10 16:00:00",
            warn_at: "2026-06-10 09:00:00",
            state: "accepted",
        },
        {id: 3, due_at: "2026-06-08 09:00:00", state: "pending"},
        {id: 4, due_at: "2026-06-08 09:00:00", state: "done"},
        {id: 5, due_at: "2026-06-15 12:00:00", state: "pending"},
        {id: 6, due_at: false, state: "pending"},
    ];
}

defineMailModels();
defineModels([Assignment]);

const list = (options = "") => ({
    type: "list",
    resModel: "complaint.assignment",
    arch: `
        <list>
            <field name="state" column_invisible="1"/>
            <field name="warn_at" column_invisible="1"/>
            <field name="due_at" widget="complaint_due" ${options}/>
        </list>`,
});

test("says when something is due, and colours what is late", async () => {
    mockDate("2026-06-10 10:00:00", 0);
    await mountView(list());
    expect(queryAllTexts(".o_data_cell")).toEqual([
        "in 2 hr",
        "today 4:00 PM",
        "2 days late",
        "Jun 8, 9:00 AM",
        "in 5 days",
        "",
    ]);
    expect(".o_data_row:nth-child(1) span.text-warning").toHaveCount(1);
    expect(".o_data_row:nth-child(3) span.text-danger").toHaveCount(1);
    expect(".o_data_row:nth-child(4) span[class]").toHaveCount(0);
    expect(".o_data_row:nth-child(5) span.text-success").toHaveCount(1);
});

test("is due soon from the moment that the rule says", async () => {
    mockDate("2026-06-10 10:00:00", 0);
    await mountView(list(`options="{'warn_field': 'warn_at'}"`));
    expect(".o_data_row:nth-child(1) span.text-success").toHaveCount(1);
    expect(".o_data_row:nth-child(2) span.text-warning").toHaveCount(1);
    expect(".o_data_row:nth-child(3) span.text-danger").toHaveCount(1);
});

test("tells the age of what is behind, without colour", async () => {
    mockDate("2026-06-10 10:00:00", 0);
    await mountView(list(`options="{'age': True}"`));
    expect(queryAllTexts(".o_data_cell")[2]).toBe("2 days");
    expect("span.text-danger").toHaveCount(0);
});

test("is edited as a date and time", async () => {
    mockDate("2026-06-10 10:00:00", 0);
    await mountView({
        type: "form",
        resModel: "complaint.assignment",
        resId: 1,
        arch: `<form><field name="due_at" widget="complaint_due"/></form>`,
    });
    expect(
        ".o_field_widget[name=due_at] button, .o_field_widget[name=due_at] input",
    ).toHaveCount(1);
});
