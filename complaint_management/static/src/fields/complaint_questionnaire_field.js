import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {_t} from "@web/core/l10n/translation";

/** The questions of a follow-up, each with buttons large enough for a thumb. */
export class ComplaintQuestionnaireField extends Component {
    static template = "complaint_management.ComplaintQuestionnaireField";
    static props = {...standardFieldProps};

    get lines() {
        return this.props.record.data[this.props.name].records;
    }

    choices(line) {
        if (line.data.kind === "yes_no") {
            return [
                {value: "yes", label: _t("Yes")},
                {value: "no", label: _t("No")},
            ];
        }
        return ["1", "2", "3", "4", "5"].map((value) => ({value, label: value}));
    }

    /** A second click on the same answer takes it back. */
    choose(line, value) {
        return line.update({value: line.data.value === value ? false : value});
    }
}

registry.category("fields").add("complaint_questionnaire", {
    component: ComplaintQuestionnaireField,
    supportedTypes: ["one2many"],
    useSubView: true,
    relatedFields: [
        {name: "name", type: "char"},
        {name: "kind", type: "selection", selection: []},
        {name: "value", type: "char", readonly: false},
    ],
});
