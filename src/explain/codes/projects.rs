//! Which Jira projects see an integration.

use crate::explain::entry::{Entry, Example, csv};

pub(crate) const NOT_AN_ID_LIST: Entry = Entry {
    title: "the text is not a list of numeric project ids",
    why: "Jira takes the ids of projects here, which are numbers.",
    cure: "Write ids such as `10000, 10100`. To name projects by their keys, use the column `projectKeys`.",
    example: csv(
        "type,displayName,pat,projectMappingIds\n\
         GITHUB,Payments,invented-token,PAY\n",
        "type,displayName,pat,projectKeys\n\
         GITHUB,Payments,invented-token,PAY\n",
    ),
};

pub(crate) const JOINED_IDS: Entry = Entry {
    title: "the number looks like several project ids in one",
    why: "A spreadsheet that takes `10000,10100` for one number with a thousands separator makes 1000010100 of it.",
    cure: "Format the cell as text, and then type the ids again: `10000, 10100`.",
    example: csv(
        "type,displayName,pat,projectMappingIds\n\
         GITHUB,Payments,invented-token,1000010100\n",
        "type,displayName,pat,projectMappingIds\n\
         GITHUB,Payments,invented-token,\"10000, 10100\"\n",
    ),
};

pub(crate) const NOT_A_KEY_LIST: Entry = Entry {
    title: "the text is not a list of project keys",
    why: "A project's key begins with a letter, and is what stands before the number of its issues: `ABC` in ABC-123.",
    cure: "Write keys such as `ABC, DEF`. To name projects by their numeric ids, use the column `projectMappingIds`.",
    example: csv(
        "type,displayName,pat,projectKeys\n\
         GITHUB,Payments,invented-token,ABC-123\n",
        "type,displayName,pat,projectKeys\n\
         GITHUB,Payments,invented-token,ABC\n",
    ),
};

pub(crate) const UNKNOWN_PROJECT: Entry = Entry {
    title: "no project of this key is known to Jira",
    why: "Keys are looked up when the plan is made, before anything is sent. This Jira has no such project, or the account \
          that `gij` uses may not see it.",
    cure: "Check the key, and that this is the Jira that you meant.",
    example: Example::Words(
        "The column `projectKeys` says `PAY`, and the Jira that the import goes to has the projects `ABC` and `DEF`. `gij \
         check` cannot see it, as it never asks Jira; `gij import --dry-run` can.",
    ),
};

pub(crate) const GLOBAL_WITH_PROJECTS: Entry = Entry {
    title: "the row names projects and says something else by `global`",
    why: "With `global` true all projects see the integration, and the vendor's pages disagree about what becomes of the \
          projects that are named beside it.",
    cure: "Keep one of the two: `global`, or the projects.",
    example: csv(
        "type,displayName,pat,global,projectKeys\n\
         GITHUB,Payments,invented-token,yes,ABC\n",
        "type,displayName,pat,global,projectKeys\n\
         GITHUB,Payments,invented-token,no,ABC\n",
    ),
};

pub(crate) const KEYS_BESIDE_IDS: Entry = Entry {
    title: "the row names projects both by key and by id",
    why: "They may be different projects, and nothing says which of the two is meant.",
    cure: "Keep one of the two. Keys are the same in every Jira, ids are not.",
    example: csv(
        "type,displayName,pat,projectKeys,projectMappingIds\n\
         GITHUB,Payments,invented-token,ABC,10000\n",
        "type,displayName,pat,projectKeys,projectMappingIds\n\
         GITHUB,Payments,invented-token,ABC,\n",
    ),
};

pub(crate) const VISIBLE_TO_NONE: Entry = Entry {
    title: "the repository browser is on, and no project sees it",
    why: "`global` is false and no projects are named, so the integration is visible to none.",
    cure: "Name projects in `projectKeys`, or let `global` be true.",
    example: csv(
        "type,displayName,pat,gitViewerEnabled,global,projectKeys\n\
         GITHUB,Payments,invented-token,yes,no,\n",
        "type,displayName,pat,gitViewerEnabled,global,projectKeys\n\
         GITHUB,Payments,invented-token,yes,no,ABC\n",
    ),
};
