//! User names, passwords, tokens, and references to them.

use crate::explain::entry::{Entry, Example, csv};

pub(crate) const MISSING_CREDENTIAL: Entry = Entry {
    title: "the type needs a way to log in, and the row has none or half of one",
    why: "Jira reads the host's repositories with an account of yours. Without one it sees nothing.",
    cure: "Fill in what the message names, for the account that Jira is to use. `gij explain TYPE` says which ways a type \
           has.",
    example: csv(
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,svc-jira,\n",
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n",
    ),
};

pub(crate) const MIXED_CREDENTIALS: Entry = Entry {
    title: "the row holds both `pat` and `password`",
    why: "An integration logs in in one way, and nothing says which of the two is meant.",
    cure: "Keep the one that Jira is to use and empty the other cell.",
    example: csv(
        "type,displayName,origin,username,password,pat\n\
         GITHUB_SERVER,Core platform,https://github.example.org,svc-jira,invented-password,invented-token\n",
        "type,displayName,origin,pat\n\
         GITHUB_SERVER,Core platform,https://github.example.org,invented-token\n",
    ),
};

pub(crate) const TOKEN_USER_NOT_ALL: Entry = Entry {
    title: "a token of a TFS_SERVER needs the user name `all` beside it",
    why: "The vendor's manual asks for the user name `all` beside the `pat` of a TFS_SERVER.",
    cure: "Write `all` as the `username`, or use `username` and `password`.",
    example: csv(
        "type,displayName,origin,username,pat\n\
         TFS_SERVER,Warehouse,https://tfs.example.org,svc-jira,invented-token\n",
        "type,displayName,origin,username,pat\n\
         TFS_SERVER,Warehouse,https://tfs.example.org,all,invented-token\n",
    ),
};

pub(crate) const SECRET_HAS_SPACES: Entry = Entry {
    title: "there is white space before or after a secret",
    why: "No git host issues such secrets, so it came along when the secret was copied; but nothing about a secret is \
          guessed, and so it is not left out in silence.",
    cure: "Remove the white space from the cell.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments, invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const SECRET_IS_NUMBER: Entry = Entry {
    title: "the cell of a secret holds a number, whose digits may have changed",
    why: "A spreadsheet that takes a secret for a number drops its leading zeros and keeps 15 digits. What is shown in the \
          cell need not be what was typed.",
    cure: "Format the cell as text, and then type the secret again.",
    example: Example::Words(
        "In a workbook, somebody typed the password 004711 into a cell that is not formatted as text: it now holds the \
         number 4711.",
    ),
};

pub(crate) const SECRET_IN_PLAIN_FIELD: Entry = Entry {
    title: "a token stands in a cell that everyone can read",
    why: "Names and origins are shown in Jira, in reports and on screens. What is in them is no secret any more.",
    cure: "Move the token to `pat` or `password`. Replace it by a new one, too: it may have been seen.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,ghp_inventedinventedinvented,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const REFERENCE_NOT_ALLOWED: Entry = Entry {
    title: "a reference to a secret is not allowed by the command line",
    why: "`env:NAME` and `file:PATH` fetch a secret from your machine. Sheets come by mail, and one must not be able to \
          send your secrets to a host of its writer's. So each must be allowed by you, and `gij`'s own credentials never \
          are.",
    cure: "If you trust the sheet with it, give `--allow-env 'GIT_*'` for variables, or `--secrets-dir DIR` for files below \
           a directory. Or write the secret itself; one that begins with `env:` is written `literal:env:…`.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments,env:GIT_PAT\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const REFERENCE_WITHOUT_VALUE: Entry = Entry {
    title: "a reference is allowed, and there is no secret where it leads",
    why: "The variable is not set, the file cannot be read, or nothing follows `literal:`. For a variable or a file `gij \
          check` only warns, as it may run where the secrets are not; an import needs them.",
    cure: "Set the variable, write the secret alone on the first line of the file, or write it behind `literal:`.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments,literal:\n",
        "type,displayName,pat\n\
         GITHUB,Payments,literal:invented-token\n",
    ),
};

pub(crate) const USERNAME_BESIDE_PAT: Entry = Entry {
    title: "a user name stands beside a token, which is enough by itself",
    why: "The token says who logs in. Either the name is not needed, or a password was meant.",
    cure: "Empty the cell, or use `username` and `password`.",
    example: csv(
        "type,displayName,username,pat\n\
         GITHUB,Payments,svc-jira,invented-token\n",
        "type,displayName,username,pat\n\
         GITHUB,Payments,,invented-token\n",
    ),
};

pub(crate) const GITHUB_PASSWORD: Entry = Entry {
    title: "github.com takes no passwords",
    why: "github.com ended the use of passwords for its API in 2020. Jira would create the integration, and it would never \
          be let in.",
    cure: "Create a personal access token on github.com, and write it into `pat` instead of user name and password.",
    example: csv(
        "type,displayName,username,password\n\
         GITHUB,Payments,svc-jira,invented-password\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const FOREIGN_TOKEN: Entry = Entry {
    title: "the secret looks like one of another vendor, or of another column",
    why: "GitHub, GitLab and AWS begin theirs each in their own way. This one will probably not be let in at the host of \
          the row. An access key of AWS has two halves, the id in `username` and the secret in `password`, and they are \
          told apart when they are swapped.",
    cure: "Check the type, whether the token stands in the right row, and whether two cells are swapped.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments,glpat-invented-token\n",
        "type,displayName,pat\n\
         GITLAB,Payments,glpat-invented-token\n",
    ),
};

pub(crate) const DOMAIN_IN_USERNAME: Entry = Entry {
    title: "the user name of a TFS_SERVER holds a Windows domain",
    why: "The vendor's manual wants the user's name without it.",
    cure: r"Write the user's name alone: `svc-jira` and not `CORP\svc-jira`.",
    example: csv(
        "type,displayName,origin,username,password\n\
         TFS_SERVER,Warehouse,https://tfs.example.org,CORP\\svc-jira,invented-password\n",
        "type,displayName,origin,username,password\n\
         TFS_SERVER,Warehouse,https://tfs.example.org,svc-jira,invented-password\n",
    ),
};
