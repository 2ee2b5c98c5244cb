import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Contacts who have the typed number or address: one click makes one the contact. */
export class ComplaintKnownContactsField extends Component {
    static template = "complaint_management.ComplaintKnownContactsField";
    static props = {...standardFieldProps};

    get contacts() {
        return this.props.record.data[this.props.name].records.map((contact) => ({
            id: contact.resId,
            display_name: contact.data.display_name,
        }));
    }

    choose(contact) {
        return this.props.record.update({contact_partner_id: contact});
    }
}

registry.category("fields").add("complaint_known_contacts", {
    component: ComplaintKnownContactsField,
    supportedTypes: ["many2many"],
    relatedFields: [{name: "display_name", type: "char"}],
});
