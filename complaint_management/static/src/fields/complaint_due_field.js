import {DateTimeField, dateTimeField} from "@web/views/fields/datetime/datetime_field";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {formatDateTime} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const {DateTime} = luxon;
/** States in which a date isn't waited for any more: of assignments, clocks, calls. */
const OVER = [
    "done",
    "refused",
    "replaced",
    "cancelled",
    "met",
    "late",
    "lapsed",
    "given_up",
];
const UNITS = ["years", "months", "days", "hours", "minutes"];

/** The time between two moments in its largest whole unit: "3 hr", "2 days". */
export function formatSpan(from, to) {
    const unit =
        UNITS.find((name) => Math.abs(to.diff(from, name)[name]) >= 1) || "minutes";
    const count = Math.max(1, Math.floor(Math.abs(to.diff(from, unit)[unit])));
    return luxon.Duration.fromObject({[unit]: count}).toHuman({unitDisplay: "short"});
}

/** A moment as people say it: "in 3 hr", "today 17:00", "2 days late". */
export class ComplaintDueField extends Component {
    static template = "complaint_management.ComplaintDueField";
    static components = {DateTimeField};
    static props = {
        ...standardFieldProps,
        age: {type: Boolean, optional: true},
        warnField: {type: String, optional: true},
    };

    get due() {
        return this.props.record.data[this.props.name];
    }

    get isOver() {
        return OVER.includes(this.props.record.data.state);
    }

    get text() {
        const now = DateTime.local();
        if (this.props.age) {
            return formatSpan(this.due, now);
        }
        if (this.isOver) {
            return this.title;
        }
        if (this.due < now) {
            return _t("%s late", formatSpan(this.due, now));
        }
        if (this.due.hasSame(now, "day") && this.due.diff(now, "hours").hours > 4) {
            return _t("today %s", this.due.toLocaleString(DateTime.TIME_SIMPLE));
        }
        return _t("in %s", formatSpan(now, this.due));
    }

    get title() {
        return formatDateTime(this.due, {showSeconds: false});
    }

    get color() {
        if (this.props.age || this.isOver) {
            return "";
        }
        const now = DateTime.local();
        if (this.due < now) {
            return "text-danger fw-bold";
        }
        return this.warning && this.warning <= now ? "text-warning" : "text-success";
    }

    /** The moment from which it is due soon: what the rule says, or a day before. */
    get warning() {
        const {record, warnField} = this.props;
        return warnField ? record.data[warnField] : this.due.minus({hours: 24});
    }
}

registry.category("fields").add("complaint_due", {
    ...dateTimeField,
    component: ComplaintDueField,
    displayName: _t("Due in"),
    supportedTypes: ["datetime"],
    listViewWidth: 100,
    extractProps: ({options}) => ({
        age: Boolean(options.age),
        warnField: options.warn_field,
    }),
});
