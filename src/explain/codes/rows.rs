//! Types, names, and rows beside each other.

use crate::explain::entry::{Entry, csv};

pub(crate) const MISSING_TYPE: Entry = Entry {
    title: "the row says no type",
    why: "The type decides what else the row needs, and Jira takes no integration without one.",
    cure: "Write one of the integration types. `gij explain` lists them.",
    example: csv(
        "type,displayName,pat\n\
         ,Payments,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const UNKNOWN_TYPE: Entry = Entry {
    title: "the type is none of the twelve",
    why: "The type decides what else the row needs, and Jira knows twelve. Several are alike: GitHub Enterprise Server is \
          `GITHUB_SERVER`, while `GITHUB` is github.com.",
    cure: "Write one of the integration types, in any case; a space or `-` may stand for each `_`, and nowhere else. Names of \
           products are guessed at in the help, and never taken for a type. `gij explain` lists the types.",
    example: csv(
        "type,displayName,origin,pat\n\
         GitHub Enterprise,Core platform,https://github.example.org,invented-token\n",
        "type,displayName,origin,pat\n\
         GITHUB_SERVER,Core platform,https://github.example.org,invented-token\n",
    ),
};

pub(crate) const MISSING_FIELD: Entry = Entry {
    title: "the type needs a field that the row does not give",
    why: "The vendor's manual requires it for this type. For AWS it is the region: CodeCommit keeps repositories by region.",
    cure: "Fill in the column that is named. `gij explain TYPE` says what a type needs.",
    example: csv(
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,\n",
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n",
    ),
};

pub(crate) const ASKS_TO_DELETE: Entry = Entry {
    title: "the row asks for a deletion",
    why: "A column `delete` comes from the app's Bulk Change, where a filled cell removes something. `gij` creates, and a \
          row that wants the opposite must not be created. A column `action` asks for the same by the word `delete` or \
          `remove`.",
    cure: "Empty the cell, or take the row out.",
    example: csv(
        "type,displayName,pat,delete\n\
         GITHUB,Payments,invented-token,yes\n",
        "type,displayName,pat,delete\n\
         GITHUB,Payments,invented-token,\n",
    ),
};

pub(crate) const DUPLICATE_ROW: Entry = Entry {
    title: "two rows say the same integration",
    why: "Their type, origin and display name are the same, so there would be two integrations that nobody can tell apart. \
          Origins are compared as hosts are: without regard to case, default port and a `/` at the end. A blank origin \
          is the one that the app then shows; for `AWS` and `VSTS` that is not documented, so it may be any. The rows of all \
          files are compared.",
    cure: "Remove one of the two rows, or give it a display name of its own.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n\
         GITLAB_SERVER,Payments,https://GIT.example.org/,other-invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
    ),
};

pub(crate) const NO_DISPLAY_NAME: Entry = Entry {
    title: "the row has no `displayName`",
    why: "Jira makes a name up then. A later import cannot recognise the row, so it cannot tell that the integration is \
          there already.",
    cure: "Give every row a name of its own.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const UNUSED_FIELD: Entry = Entry {
    title: "the row fills in a field that its type does not use",
    why: "Either the cell is not needed, or the type is not the one that was meant.",
    cure: "Empty the cell, or correct the type. `gij explain TYPE` says which fields a type uses.",
    example: csv(
        "type,displayName,pat,awsRegion\n\
         GITHUB,Payments,invented-token,eu-central-1\n",
        "type,displayName,pat,awsRegion\n\
         GITHUB,Payments,invented-token,\n",
    ),
};

pub(crate) const UNSUPPORTED_TYPE: Entry = Entry {
    title: "the app's vendor no longer supports this type",
    why: "`GITLAB_SERVER_LEGACY` speaks version 3 of GitLab's API. The vendor ended its support in March 2024.",
    cure: "Use `GITLAB_SERVER` with a personal access token.",
    example: csv(
        "type,displayName,origin,username,password\n\
         GITLAB_SERVER_LEGACY,Old GitLab,https://gitlab.example.org,svc-jira,invented-password\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Old GitLab,https://gitlab.example.org,invented-token\n",
    ),
};

pub(crate) const SAME_ORIGIN: Entry = Entry {
    title: "another row says the same type and origin, under another name",
    why: "Two integrations of one host index twice what both accounts see. That is right if their accounts see different \
          repositories.",
    cure: "Nothing, if the accounts differ. Otherwise remove one of the two rows.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n\
         GITLAB_SERVER,Storefront,https://git.example.org,other-invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,All teams,https://git.example.org,invented-token\n",
    ),
};
