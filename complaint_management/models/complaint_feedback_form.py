from odoo import api, models

from ..tools.public_text import clean_text

TEXT_LENGTH = 5000
#: More categories than that are a list to choose from, not tiles.
MAX_TILES = 12
#: How a question about an extra field of each type is asked; others aren't.
PROPERTY_TYPES = {
    "char": "line",
    "text": "text",
    "integer": "integer",
    "float": "float",
    "boolean": "checkbox",
    "date": "date",
    "selection": "select",
}
CONTACT = ("name", "phone", "email", "confidential")


class ComplaintFeedbackForm(models.AbstractModel):
    """The questions of a public form.

    A question is a dict: ``name`` of the input, ``element`` and ``type`` that say what
    it is, ``label``, ``help``, ``required``, ``options``. ``_ask_<element>`` completes
    it, and tells whether it is asked: not when the code tells the answer.
    """

    _name = "complaint.feedback.form"
    _description = "Public Form"

    @api.model
    def _get_labels(self) -> dict:
        """Return the usual words of the questions."""
        return {
            "kind": self.env._("What would you like to tell us?"),
            "category": self.env._("What is it about?"),
            "lines": self.env._("Which item?"),
            "description": self.env._("What happened?"),
            "photos": self.env._("Photos"),
            "demand": self.env._("What do you wish from us?"),
            "occurred_at": self.env._("When was it?"),
            "place": self.env._("Where was it?"),
            "name": self.env._("Your name"),
            "phone": self.env._("Your telephone"),
            "email": self.env._("Your e-mail"),
            "confidential": self.env._("Only the complaint office may know my name"),
        }

    @api.model
    def _get_questions(self, link) -> list[dict]:
        """Return what is asked of who opened ``link``."""
        policy, told, questions = link._get_policy(), link._get_told(), []
        for row in policy._get_form_questions():
            question = {
                "name": row["element"],
                "element": row["element"],
                "label": row["name"],
                "help": row["help_text"],
                "required": row["is_required"],
                "property_name": row["property_name"],
                "type": "line",
                "section": "contact" if row["element"] in CONTACT else "matter",
            }
            ask = getattr(self, f"_ask_{row['element']}")
            if ask(question, link, policy, told):
                questions.append(question)
        return questions

    def _ask_kind(self, question, link, policy, told):
        kinds = policy.kind_ids.filtered(
            lambda kind: kind.on_public_form and kind.nature != "event"
        )
        options = [(str(kind.id), kind.name) for kind in kinds.sorted("sequence")]
        question.update(type="choice", options=options, required=True)
        return "kind_id" not in told and len(options) > 1

    def _ask_category(self, question, link, policy, told):
        categories = policy.category_ids.filtered("on_public_form")
        leaves = (categories - categories.parent_id).sorted("sequence")
        clear = len(set(leaves.mapped("name"))) == len(leaves)
        label = "name" if clear else "complete_name"
        options = [(str(category.id), category[label]) for category in leaves]
        many = len(options) > MAX_TILES
        question.update(type="select" if many else "choice", options=options)
        return "category_id" not in told and options

    def _ask_lines(self, question, link, policy, told):
        lines = link.res_id and link._get_document()._complaint_get_lines()
        options = [(str(id_), label) for id_, label in lines or []]
        question.update(type="choices", options=options)
        return options

    def _ask_description(self, question, link, policy, told):
        question.update(type="text", rows=5)
        return True

    def _ask_photos(self, question, link, policy, told):
        question.update(type="files")
        return True

    def _ask_demand(self, question, link, policy, told):
        question.update(type="text", rows=2)
        return True

    def _ask_occurred_at(self, question, link, policy, told):
        question.update(type="moment", tz=policy._get_tz())
        return "occurred_at" not in told

    def _ask_place(self, question, link, policy, told):
        return "place" not in told

    def _ask_property(self, question, link, policy, told):
        name = question["property_name"]
        for definition in policy.complaint_properties_definition:
            if definition["name"] == name and definition["type"] in PROPERTY_TYPES:
                options = [(key, text) for key, text in definition.get("selection", [])]
                type_ = PROPERTY_TYPES[definition["type"]]
                question.update(name=f"property_{name}", type=type_, options=options)
                return name not in told.get("properties", {})
        return False

    def _ask_name(self, question, link, policy, told):
        question.update(autocomplete="name")
        return True

    def _ask_phone(self, question, link, policy, told):
        question.update(type="phone", autocomplete="tel")
        return True

    def _ask_email(self, question, link, policy, told):
        question.update(type="email", autocomplete="email")
        return True

    def _ask_confidential(self, question, link, policy, told):
        question.update(type="checkbox")
        return True

    @api.model
    def _get_typed(self, questions, post) -> dict:
        """Return what was typed, to be shown again: by name of the input."""
        names = [question["name"] for question in questions]
        typed = {
            name: clean_text(post.get(name), TEXT_LENGTH)
            for name in [*names, "anonymous", "phrase"]
        }
        many = [q["name"] for q in questions if q["type"] == "choices"]
        return {**typed, **{name: post.getlist(name)[:100] for name in many}}
