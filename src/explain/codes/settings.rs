//! The values of settings.

use crate::explain::entry::{Entry, csv};

pub(crate) const NOT_A_BOOLEAN: Entry = Entry {
    title: "a cell that must be true or false is neither",
    why: "Jira takes true or false for this field, and a guess could turn something on that was meant to be off.",
    cure: "Write `true` or `false`, `yes` or `no`, `on` or `off`, `y` or `n`, `1` or `0`, in any case. A blank cell leaves \
           the matter to Jira.",
    example: csv(
        "type,displayName,pat,global\n\
         GITHUB,Payments,invented-token,perhaps\n",
        "type,displayName,pat,global\n\
         GITHUB,Payments,invented-token,yes\n",
    ),
};

pub(crate) const NOT_AN_INTEGER: Entry = Entry {
    title: "a cell that must be a whole number is none",
    why: "Jira takes whole numbers of zero or more for this field.",
    cure: "Write digits only: no unit, no separator, no fraction.",
    example: csv(
        "type,displayName,pat,maxMinsToCommitEmail\n\
         GITHUB,Payments,invented-token,1 day\n",
        "type,displayName,pat,maxMinsToCommitEmail\n\
         GITHUB,Payments,invented-token,1440\n",
    ),
};

pub(crate) const UNKNOWN_REGION: Entry = Entry {
    title: "the text is not an AWS region",
    why: "CodeCommit keeps repositories by region, and Jira would look for them in one that does not exist.",
    cure: "Write the region's code. `gij explain awsRegion` lists those of the vendor's manual.",
    example: csv(
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,Frankfurt\n",
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n",
    ),
};

pub(crate) const REGION_NOT_LISTED: Entry = Entry {
    title: "the region is not in the vendor's list",
    why: "It is shaped like a region, and AWS opens new ones; your version of the app may know it or may not.",
    cure: "Check the spelling, and that your version of the app knows the region.",
    example: csv(
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,eu-central-9\n",
        "type,displayName,username,password,awsRegion\n\
         AWS,Warehouse,invented-key-id,invented-secret-key,eu-central-1\n",
    ),
};

pub(crate) const API_PATH_NOT_ABSOLUTE: Entry = Entry {
    title: "the API path does not begin with `/`",
    why: "It is a path on the host and not a whole URL; the host is the origin's.",
    cure: "Write the path alone, beginning with `/`.",
    example: csv(
        "type,displayName,pat,apiPath\n\
         GITHUB,Payments,invented-token,orgs/acme/repos\n",
        "type,displayName,pat,apiPath\n\
         GITHUB,Payments,invented-token,/orgs/acme/repos\n",
    ),
};

pub(crate) const TOO_LONG: Entry = Entry {
    title: "the text is longer than the app takes",
    why: "The vendor's manual allows 2,000 characters in `apiPath` and in `apiFilter`.",
    cure: "Shorten it. A long `apiFilter` that lists repositories can often ask for a common part of their names instead.",
    example: csv(
        "type,displayName,pat,apiPath\n\
         GITHUB,Payments,invented-token,/orgs/(2,000 letters)\n",
        "type,displayName,pat,apiPath\n\
         GITHUB,Payments,invented-token,/orgs/acme/repos\n",
    ),
};

pub(crate) const NOT_JMESPATH: Entry = Entry {
    title: "the filter is not a JMESPath expression",
    why: "`apiFilter` picks repositories from the host's answer in the language JMESPath. An \
          expression that cannot be read cannot do that. The message says where it goes wrong.",
    cure: "Mend the expression; jmespath.org has a page to try it on.",
    example: csv(
        "type,displayName,pat,apiFilter\n\
         GITHUB,Payments,invented-token,\"[?contains(name, 'payments')\"\n",
        "type,displayName,pat,apiFilter\n\
         GITHUB,Payments,invented-token,\"[?contains(name, 'payments')]\"\n",
    ),
};

pub(crate) const NOT_A_REFSPEC: Entry = Entry {
    title: "the text is not a list of refspecs",
    why: "A refspec says which references to fetch and what to call them, and has two sides with as many `*`.",
    cure: "Write `+refs/a/*:refs/a/*`, with commas between several; the `+` may be left out.",
    example: csv(
        "type,displayName,pat,refSpecCustom\n\
         GITHUB,Payments,invented-token,refs/releases/*\n",
        "type,displayName,pat,refSpecCustom\n\
         GITHUB,Payments,invented-token,+refs/releases/*:refs/releases/*\n",
    ),
};

pub(crate) const NOT_A_REGEX: Entry = Entry {
    title: "the text is probably not a regular expression",
    why: "The app reads this field as a regular expression of Java, whose dialect differs a little from the one that is \
          checked here: so this is a warning and no error.",
    cure: "Look for a bracket that is not closed, or a `*` with nothing before it. If the expression is right in Java, \
           leave it.",
    example: csv(
        "type,displayName,pat,tagsFilter\n\
         GITHUB,Payments,invented-token,^v(1|2\n",
        "type,displayName,pat,tagsFilter\n\
         GITHUB,Payments,invented-token,^v(1|2)\n",
    ),
};
