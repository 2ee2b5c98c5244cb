"""The one vocabulary in which rules say when something happens."""

#: What can happen to a case. An add-on adds its own by ``selection_add`` on the
#: ``event`` field of the rules that listen.
EVENTS = [
    ("received", "Complaint Registered"),
    ("stage_entered", "Stage Entered"),
    ("stage_left", "Stage Left"),
    ("respondent_added", "Respondent Added Later"),
    ("severity_raised", "Severity Raised"),
    ("severity_reached", "Severity Given at Registration, or Raised"),
    ("assigned", "Assignment Made"),
    ("handover_accepted", "Lead Handling Accepted"),
    ("assignment_accepted", "Assignment Accepted"),
    ("assignment_refused", "Assignment Refused"),
    ("assignment_cancelled", "Assignment Called Off"),
    ("assignment_done", "Assignment Done"),
    ("last_assignment_done", "Last Assignment of a Type Done"),
    ("round_started", "New Round Started"),
    ("forum_decided", "Decided by a Body Outside"),
    ("merged", "Merged into Another Case"),
    ("closed", "Closed"),
    ("acknowledged", "Receipt Acknowledged"),
    ("completion_requested", "Completion Asked For"),
    ("completed", "Completed by the Complainant"),
    ("accepted", "Complaint Accepted"),
    ("not_accepted", "Complaint Not Accepted"),
    ("acceptance_decided", "Complaint Accepted or Not Accepted"),
    ("finding_made", "Finding Made"),
    ("remedy_proposed", "Remedy Proposed"),
    ("remedy_approved", "Remedy Approved"),
    ("remedy_offered", "Remedy Offered"),
    ("remedy_accepted", "Remedy Accepted by the Complainant"),
    ("remedy_refused", "Remedy Refused by the Complainant"),
    ("remedy_countered", "Counter-demand of the Complainant"),
    ("remedy_executed", "Remedy Executed"),
    ("approval_asked", "Approval Asked For"),
    ("approval_given", "Approved"),
    ("approval_refused", "Approval Refused"),
    ("approval_decided", "Approved or Refused"),
    ("letter_approved", "Letter Approved"),
    ("letter_sent", "Letter Sent"),
    ("letter_served", "Letter Served"),
    ("interim_answered", "Interim Answer Given"),
    ("answered", "Final Answer Given"),
    ("result_answered", "Result of the Execution Told"),
    ("complainant_wrote", "Complainant Wrote or Answered"),
    ("satisfied", "Complainant Satisfied"),
    ("dissatisfied", "Complainant Not Satisfied"),
    ("follow_up_done", "Follow-up Done"),
    ("follow_up_low", "Follow-up Scored Below Target"),
    ("withdrawal_asked", "Withdrawal Asked For"),
    ("withdrawal_pressed", "Withdrawal Under Pressure"),
    ("withdrawn", "Withdrawn"),
    ("deadline_near", "Deadline Near"),
    ("deadline_missed", "Deadline Missed"),
    ("deadline_extended", "Deadline Extended"),
    ("window_lapsed", "Right Lapsed"),
    ("escalation_acknowledged", "Escalation Acknowledged"),
]

#: Events whose source is the stage.
STAGE_EVENTS = ("stage_entered", "stage_left")

#: Events whose source is the assignments.
ASSIGNMENT_EVENTS = (
    "assigned",
    "handover_accepted",
    "assignment_accepted",
    "assignment_refused",
    "assignment_cancelled",
    "assignment_done",
    "last_assignment_done",
)

#: Events whose source is the remedies.
REMEDY_EVENTS = (
    "remedy_proposed",
    "remedy_approved",
    "remedy_offered",
    "remedy_accepted",
    "remedy_refused",
    "remedy_countered",
    "remedy_executed",
)

#: Events whose source is the questions to approvers.
APPROVAL_EVENTS = (
    "approval_asked",
    "approval_given",
    "approval_refused",
    "approval_decided",
)

#: Events whose source is the rounds.
ROUND_EVENTS = ("round_started", "forum_decided")

#: What may need approval. A model that inherits ``complaint.approvable.mixin`` names
#: its own; an add-on adds one by ``selection_add`` where this is used.
APPROVAL_SUBJECTS = [
    ("remedy", "Remedy"),
    ("answer", "Answer"),
    ("letter", "Letter"),
    ("refusal", "Refusal to Accept"),
    ("extension", "Extension of a Deadline"),
    ("withdrawal", "Withdrawal"),
    ("stage", "Move to a Stage"),
]

#: Where a round is handled: the ladder that a dispute climbs.
FORUMS = [
    ("internal", "Internal"),
    ("mediation", "Mediation"),
    ("appraisal", "Appraisal"),
    ("authority", "Authority"),
    ("arbitration", "Arbitration"),
    ("court", "Court"),
]

#: What somebody may be asked for.
ASSIGNMENT_TYPES = [
    ("reception", "Reception"),
    ("lead", "Lead Handling"),
    ("opinion", "Co-handler's Opinion"),
    ("statement", "Statement of the Person Concerned"),
    ("verification", "Verification"),
    ("investigation", "Investigation and Finding"),
    ("report", "Report to an Authority"),
    ("circular", "Internal Circular"),
    ("task", "Other Task"),
    ("duty", "Policy Duty"),
]

#: Events whose source is the letters.
LETTER_EVENTS = ("letter_approved", "letter_sent", "letter_served")

#: What a formal letter is for.
LETTER_PURPOSES = [
    ("receipt", "Receipt"),
    ("completion", "Request for Completion"),
    ("handling", "Notice to Handle"),
    ("refusal", "Refusal or Non-acceptance"),
    ("extension", "Extension"),
    ("interim", "Interim Answer"),
    ("final", "Final Answer"),
    ("result", "Result of the Execution"),
    ("agreement", "Settlement Agreement"),
    ("service", "Service Receipt"),
    ("other", "Other"),
]
