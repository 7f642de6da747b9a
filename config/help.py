"""What each page is for, in three sentences, by the name of its address; the page shows it behind a question mark."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[str, Promise] = {
    "start": _(
        "This page leads from an empty installation to the first projects. Each step says what is there already and "
        "why it is needed. When all four are done there is nothing left to do here."
    ),
    "search": _(
        "Here is whatever was found for the words typed above: projects, issues, units, people. Part of a name, a "
        "code, an issue number or pinyin initials are enough. The key / begins a search on any page."
    ),
    "account_change_password": _(
        "Here you give yourself another password. It needs at least ten characters and must not be one that everybody "
        "uses. Who has forgotten the old one asks the bureau for a new link."
    ),
    # What leaders look at
    "screen:home": _(
        "One screen says how the district is doing, where it is stuck and whose turn it is. It counts what you may "
        "see, as of the moment written below the title. Every figure opens the rows that it counts."
    ),
    "screen:forecast": _(
        "This page says by when key nodes of projects will be reached, and how likely their planned dates are kept. "
        "Each project is simulated a thousand times with what such steps have really taken. Begin at the top: there "
        "stand the projects most likely to miss a date that has not passed yet."
    ),
    "screen:forecast_past": _(
        "Here past forecasts stand beside what happened. Of the 80 % dates about 80 of 100 should have held, and the "
        "error should be below that of the two naive forecasts. How open cases count is written at the foot."
    ),
    "screen:investment": _(
        "This page sets what projects have invested against their plans, by month and kind. Amounts are in 10,000 "
        "yuan and come from imports, project pages and the interface. A light says by how many points a project is "
        "behind its plan to date."
    ),
    "screen:indicators": _(
        "Here are figures of the district that do not come from projects, such as R&D spending. Each has a definition, "
        "a unit and a source. Open one to see its course and who recorded it."
    ),
    "screen:indicator": _(
        "This is one indicator over the years or months, with its definition and source. The change is against the "
        "same period of the year before. Blank periods have not been recorded."
    ),
    "screen:indicator_record": _(
        "Here the values of an indicator are entered, for the district or for its units. A value that is entered again "
        "replaces the old one. Who entered what is kept in the history."
    ),
    "screen:programmes": _(
        "Here are the programmes that enterprises are cultivated in: applied, in the pool, cultivated, recognised. "
        "They are chains like any other, counted by tier and year. Every number opens its projects."
    ),
    "screen:map": _(
        "The map shows where projects stand, each with its light by colour and shape. A number stands for several "
        "projects in one place and opens them. Projects without longitude and latitude are counted above and listed "
        "below."
    ),
    "screen:map_outline": _(
        "Here the outline of the district that the map draws is replaced by your own. It is a GeoJSON file with one "
        "named area for each town. What was in use before stays stored, and the built-in one can be taken again."
    ),
    "screen:weak_link": _(
        "This page says which link of the chains costs most working days, by the delay it handed on to the links "
        "behind it. What is still open counts with the days it has taken so far. Every number opens the nodes that "
        "it counts."
    ),
    "screen:weak_link_kind": _(
        "This is one link with its evidence: how long it takes, how that changed, where and why. The band says between "
        "which values the truth lies with 95 % confidence. Point at the pictures for the numbers behind them."
    ),
    "screen:weak_link_nodes": _(
        "These are the nodes that one number counts, as the night reckoned them. Those that handed on most delay stand "
        "first. Each leads to its node and its project."
    ),
    "screen:race": _(
        "The race ranks towns and, apart from them, departments by what they got done in a period. Every number opens "
        "its numerator, denominator and rows. The board of each weekly meeting is frozen and never changes."
    ),
    "screen:race_unit": _(
        "This page shows how the score of one unit is made, so that it can be added up by hand. Points are weight "
        "times value; what there is nothing of is left out. Marks are shown and not deducted."
    ),
    "screen:race_rows": _(
        "Here are the rows behind one number of one unit. The last columns say what each adds above and below the "
        "line. Rows of projects that you may not see are counted and not listed."
    ),
    "screen:race_mark": _(
        "Here are entries that may make a score look better than the work: back-filled late, moved, reopened, held. "
        "They are shown beside the score and not deducted. Each row leads to its node or issue."
    ),
    "screen:race_weights": _(
        "Here stand the weights by which the race is scored, with all their versions. The bureau sees what other "
        "weights would have done to the last four boards before it saves them. Frozen boards stay as they are."
    ),
    "screen:race_adjustments": _(
        "Here are points that units were given or lost beside what is measured, each with its reason. The bureau "
        "enters and withdraws them. What is withdrawn stays on record and counts no more."
    ),
    "screen:kiosks": _(
        "Here links for wall screens are made, which show the wall page without a login. Such a link can read that "
        "page and nothing else. Revoke it when the screen moves or the address has been seen by others."
    ),
    # The work
    "milestones:my": _(
        "This page lists what is yours to do, the overdue first, then this week, then what could be started. Finish a "
        "node with two taps, with a photo where a proof is asked for. Without a connection it is kept and sent later."
    ),
    "milestones:overdue": _(
        "This list holds every node that is past its date and could be worked on now. Nodes that are late only because "
        "of these are folded under them. Narrow it, export what you see, or tick rows and change them together."
    ),
    "milestones:bulk": _(
        "Here one change is made to all the nodes you ticked. You first see what it does to each of them. Those that "
        "it cannot be done to are named with the reason."
    ),
    "milestones:behind": _(
        "These nodes are late because one node before them is. Nothing can be done about them until it is finished. "
        "Go to that node to see who has it."
    ),
    "milestones:projects": _(
        "These are the projects that you may see, each with its light and the node it stands at. Narrow them by town, "
        "department, kind or how far they are. The address in the browser holds the filter and can be sent on."
    ),
    "milestones:project_new": _(
        "Here a project begins: name, kind and town are enough. The chain of its kind is laid in the next step. "
        "Everything else can be entered later."
    ),
    "milestones:project_edit": _(
        "Here what is known of the project is changed. If somebody else has changed it meanwhile you are told before "
        "anything is lost. Longitude and latitude put it on the map."
    ),
    "milestones:project_investment": _(
        "Here the investment of one project is entered by month, and the plan of a year. Amounts are in 10,000 yuan. "
        "What was changed and by whom stays in the history."
    ),
    "milestones:project_chain": _(
        "Here the chain of the project is laid, or moved to another version of its template. You first see which nodes "
        "are added and dropped. Finished nodes stay finished."
    ),
    "milestones:project": _(
        "This page shows the whole way of one project: where it stands, what is late and who has it. Press a station "
        "of the map to see what can be done with that node. Below it are dates, clocks, proofs and the record."
    ),
    "milestones:history": _(
        "This is everything that was done in the project, the newest first. Nothing in it can be altered or removed. "
        "Each entry says who did it and why."
    ),
    "milestones:node": _(
        "This is one node with its dates, its clock and what is in the way. The buttons are what you may do now; below "
        "them stands why the rest cannot be done. Each change is written to the record."
    ),
    "milestones:ask_date_change": _(
        "Here another date is asked for, with a reason from the list. You first see which later nodes would move. A "
        "manager decides; until then the old date counts."
    ),
    "milestones:date_changes": _(
        "These are the requests for other dates: those that wait for your answer first. The original plan date never "
        "moves, so every delay stays visible. Open one to see what it does to later nodes."
    ),
    "milestones:date_change": _(
        "This is one request for another date with its effect on everything behind it. Approve it, refuse it, or send "
        "it back with a question. Your answer and its reason stay with the request."
    ),
    "milestones:templates": _(
        "These are the process templates: which nodes a kind of project goes through, with limits and order. A "
        "published version never changes; projects stay on theirs. Draft the next version to change something."
    ),
    "milestones:template": _(
        "This is one published version of a process template, as a picture and as a list. It never changes. Projects "
        "that follow it are moved to a newer one by hand."
    ),
    "milestones:draft": _(
        "Here the next version of a template is drafted. What would be against the rules of a chain is said at once. "
        "Projects see nothing of it until it is published."
    ),
    "milestones:draft_add": _(
        "Here a node is added to the draft. Say who does it, how long it may take and what it waits for. The draft "
        "shows at once whether the chain still holds together."
    ),
    "milestones:draft_node": _(
        "Here one node of the draft is changed: its name, unit, limit and what it waits for. The published version is "
        "not touched. Dropping the node asks where its place goes."
    ),
    "milestones:draft_head": _(
        "Here name and notes of the draft are changed. They say what the chain is for and where its limits come from. "
        "The code stays: projects are tied to it."
    ),
    "milestones:draft_parts": _(
        "Here the stages, lanes or questions of the draft are changed. Stages order the picture from left to right, "
        "lanes from top to bottom. A part that nodes still use cannot be dropped."
    ),
    "milestones:draft_text": _(
        "Here the draft is edited as one text file. It is checked as a whole when it is kept. The same text can be "
        "stored and brought back."
    ),
    "milestones:draft_publish": _(
        "Here the draft becomes the next version. You first see what differs from the one before. New projects follow "
        "it from then on; the others stay where they are."
    ),
    # What stands in the way
    "issues:index": _(
        "These are the issues that stand in the way of projects. Narrow them by category, lead unit, age or state; the "
        "address keeps the filter. Every number on other pages leads to a list like this."
    ),
    "issues:inbox": _(
        "Here is what waits for your unit: to be assigned, worked on, verified or answered. The most urgent stand "
        "first. What you have done leaves the list by itself."
    ),
    "issues:figures": _(
        "This page counts the issues of a period against the same one a year earlier. Choose the period above. Every "
        "figure opens the issues that it counts."
    ),
    "issues:figures_why": _(
        "This says how a figure is counted and from which issues. The rule is the same on screen, in the workbook and "
        "in the interface. Go back to choose another period."
    ),
    "issues:issue": _(
        "This is one issue: what is wrong, which nodes it blocks, who leads and until when. The buttons are the next "
        "steps that you may take. It is closed only after somebody else has verified it."
    ),
    "issues:edit": _(
        "Here the words of an issue are put right. Its number and its record stay. Who leads and until when is changed "
        "on the issue itself."
    ),
    "issues:raise": _(
        "Here you say what stands in the way of the project. Tick the nodes that it blocks and add a photo if it "
        "helps. The bureau then gives it to exactly one lead unit."
    ),
    "issues:topics": _(
        "A topic ties together issues of many projects that have one cause. It is led by one unit and closed as a "
        "whole. The list shows how many of its issues are still open."
    ),
    "issues:topic": _(
        "This is one topic with all its issues and their projects. What is noted here counts for all of them. Issues "
        "can be added and taken out while it is open."
    ),
    "issues:topic_new": _(
        "Here a topic is opened for issues with one cause. Choose the issues and the unit that leads. The issues keep "
        "their numbers and their own record."
    ),
    "issues:topic_edit": _(
        "Here name and description of a topic are changed. Its issues are not touched. The record keeps what it was "
        "called before."
    ),
    "issues:topic_add": _(
        "Here more issues are added to the topic. Only open issues that belong to no other topic are offered. Search "
        "by project, category or words."
    ),
    "issues:visits": _(
        "These are the visits to enterprises, and the key projects that nobody has visited for long. Record a visit "
        "with what was found. A finding can become an issue with one press."
    ),
    "issues:visit": _(
        "This is one visit: who went, whom they met, what was found. A finding becomes an issue from here. Photos and "
        "papers are kept with it."
    ),
    "issues:visit_new": _(
        "Here a visit is recorded: the day, who went, what was talked about. Each finding gets a line of its own. "
        "Without a connection the form is kept and sent later."
    ),
    "issues:visit_edit": _(
        "Here a visit is put right. If somebody else has changed it meanwhile you are told. Findings that became "
        "issues stay tied to them."
    ),
    "issues:raise_finding": _(
        "Here a finding of a visit becomes an issue. Its words are filled in already. The issue and the visit stay "
        "tied together."
    ),
    "issues:enterprise_links": _(
        "Here links are made by which the enterprise speaks for itself, without an account. It sees its own issues and "
        "nothing else. A link ends by itself or when you revoke it."
    ),
    "issues:slips": _(
        "These are the supervision slips, blue, yellow and red, proposed each morning by how late something is. Issue "
        "or dismiss what is proposed. An issued slip wants an answer by its date."
    ),
    "issues:slip": _(
        "This is one supervision slip: to whom, why, and by when an answer is wanted. Print it on one page of A4. The "
        "answer is entered here."
    ),
    "issues:slip_print": _(
        "This is the slip as it goes out on paper, one page of A4. Print it from the browser. What stands on it does "
        "not change after it was issued."
    ),
    # The weekly meeting
    "meetings:index": _(
        "These are the weekly meetings: the one that is being prepared and those before it. The agenda drafts itself "
        "and freezes on Friday noon. What was decided comes back until it is done."
    ),
    "meetings:meeting": _(
        "This is one meeting with its agenda, figures and workbook. Before the freeze items can be moved, added and "
        "dropped; afterwards nothing changes any more. Meeting mode shows it on the projector."
    ),
    "meetings:mode": _(
        "This goes through the agenda on the projector, one item at a time. The arrow keys lead on and back. What is "
        "decided is saved as it is typed."
    ),
    "meetings:take": _(
        "Here a decision of the meeting is taken down: what, which unit, by when. It is saved as you type. It comes "
        "back on every agenda until it is done and verified."
    ),
    "meetings:taken": _(
        "These are the decisions that this meeting has taken. Open one to put it right or to say how it goes on. They "
        "also stand in the minutes."
    ),
    "meetings:decisions": _(
        "These are all decisions of the meetings, the open ones first. Narrow them by unit, date or state. A decision "
        "is done only after somebody else has seen it."
    ),
    "meetings:decision": _(
        "This is one decision: its words, unit, date and what was done with it. The unit reports it done, somebody "
        "else verifies. Its record shows every step."
    ),
    "meetings:decision_step": _(
        "Here the next step of a decision is taken. Say in a sentence what was done or why it goes back. It stands in "
        "the record at once."
    ),
    "meetings:minutes": _(
        "These are the minutes of the meeting, to be printed or taken as a Word file. They hold the figures as frozen "
        "and the decisions as taken. The form of the Word file is a template of your own."
    ),
    "meetings:minutes_template": _(
        "Here the Word template of the minutes is replaced. Names in double braces are filled in from the meeting. The "
        "template as delivered can always be downloaded again."
    ),
    "meetings:uploads": _(
        "Workbooks that units filled in offline are brought back here. Each is compared cell by cell with what is on "
        "record. Nothing changes before you confirm."
    ),
    "meetings:upload": _(
        "This is one filled-in workbook: what it would change, what conflicts and what is refused. Choose a side where "
        "both have changed. Then confirm it as a whole."
    ),
    # In and out
    "ledger:index": _(
        "Ledgers come in here: choose the spreadsheet that is kept today. What was understood is shown before anything "
        "is taken. Rows that cannot be read come back with the reason."
    ),
    "ledger:import": _(
        "This is one imported spreadsheet with what was understood of each row. Confirm it, or go back and choose the "
        "columns otherwise. Rejected rows can be downloaded, mended and sent again."
    ),
    "notices:calendar": _(
        "Here you get an address that puts your due dates into the calendar of your phone. It needs no login, so keep "
        "it to yourself. Replace or revoke it at any time."
    ),
    # Units and people
    "people:units": _(
        "These are the units of the district: the bureau, departments, towns and platforms. Every project belongs to a "
        "town and every node to a unit. Their order here is the order in lists and reports."
    ),
    "people:unit": _(
        "Here a unit gets another name. Everything that names it shows the new one. A ledger that has the old one is "
        "asked about when it comes in."
    ),
    "people:people": _(
        "These are the people who can log in, and those who have been invited. Open one to change role or unit, to "
        "shut the person out, or to make a new link. What was done stays in the history."
    ),
    "people:invite": _(
        "Here an account is made for somebody and a link to hand over. The link opens once, within 14 days. Role and "
        "unit say what the person sees and may change."
    ),
    "people:person": _(
        "Here a person's role and unit are changed, or the person is shut out. A new link helps who has forgotten the "
        "password. The last manager of the bureau cannot be taken away."
    ),
}


def help_of(name: str) -> Promise | str:
    """The help of the page with this address; nothing where there is none."""
    return HELP.get(name, "")
