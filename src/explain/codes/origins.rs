//! Where a host or a folder is, and how it is reached.

use crate::explain::entry::{Entry, csv};

pub(crate) const MISSING_ORIGIN: Entry = Entry {
    title: "the type needs an origin, and the row has none",
    why: "Jira cannot know where a host of your own is. Only the types for hosted services may leave it blank.",
    cure: "Fill in the base URL of the host, or the path of the tracked folder.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,,invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
    ),
};

pub(crate) const ORIGIN_NOT_URL: Entry = Entry {
    title: "the origin is not an http(s) URL",
    why: "Jira asks the host's API over http, and needs the whole address for it, `https://` included.",
    cure: "Write the host's base URL, such as `https://git.example.org`.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,git.example.org,invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
    ),
};

pub(crate) const ORIGIN_HAS_USER_INFO: Entry = Entry {
    title: "the origin holds a user name or password",
    why: "Everyone who sees the integration in Jira sees its origin, and so would see the password in it.",
    cure: "Move them to the columns `username` and `password`, or use `pat`, and replace a password that stood there.",
    example: csv(
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://svc-jira@gerrit.example.org,svc-jira,invented-password\n",
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n",
    ),
};

pub(crate) const ORIGIN_HAS_QUERY: Entry = Entry {
    title: "the origin holds a `?` query or `#` fragment",
    why: "It was probably copied from a browser, where it leads to one page. Jira needs the address under which all of the \
          host is.",
    cure: "Write the host's base URL alone.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org/?sort=name,invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
    ),
};

pub(crate) const ORIGIN_IS_CLONE_URL: Entry = Entry {
    title: "the origin is the address of one repository, not of the host",
    why: "An integration is a host and an account. Jira finds the repositories on it by itself, and below the address of \
          one repository there are none.",
    cure: "Write the host's base URL. To take only some of its repositories, use `apiFilter` or `apiPath`.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITHUB_SERVER,Core platform,git@github.example.org:core/api.git,invented-token\n",
        "type,displayName,origin,pat\n\
         GITHUB_SERVER,Core platform,https://github.example.org,invented-token\n",
    ),
};

pub(crate) const PLAIN_HTTP: Entry = Entry {
    title: "the credential would go over unencrypted http",
    why: "Anyone on the way between Jira and the host can read the token or password, each time that Jira connects.",
    cure: "Write `https://` if the host has it. If it has not, the import goes on all the same.",
    example: csv(
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,http://git.example.org,invented-token\n",
        "type,displayName,origin,pat\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token\n",
    ),
};

pub(crate) const SSL_VERIFICATION_OFF: Entry = Entry {
    title: "the host's certificate would not be checked",
    why: "Without that check, someone on the way can pose as the host and be given the credential.",
    cure: "Let Jira trust the certificate authority of the host instead, and leave the cell blank. If that cannot be, the \
           import goes on all the same.",
    example: csv(
        "type,displayName,origin,pat,disableSslVerification\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token,yes\n",
        "type,displayName,origin,pat,disableSslVerification\n\
         GITLAB_SERVER,Payments,https://git.example.org,invented-token,\n",
    ),
};

pub(crate) const FOLDER_NOT_ABSOLUTE: Entry = Entry {
    title: "the path of a tracked folder is not absolute",
    why: "Jira reads the folder on its own machine, where no other path says from where to start.",
    cure: r"Write the folder as Jira's machine sees it: `/srv/repos/*`, `D:\repos\*` or `\\server\share\*`.",
    example: csv(
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,repos/*,1\n",
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,1\n",
    ),
};

pub(crate) const FOLDER_WITHOUT_STAR: Entry = Entry {
    title: "the path of a tracked folder does not end in `*`",
    why: "The vendor's examples write `*` for the repositories below the folder. A path without it is probably not what \
          was meant.",
    cure: r"Put `*` at the end, behind the separator of the path: `/srv/repos/*`, `D:\repos\*`.",
    example: csv(
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos,1\n",
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,1\n",
    ),
};

pub(crate) const FOLDER_DEPTH_OUT_OF_RANGE: Entry = Entry {
    title: "`folderDepth` is not a whole number from 1 to 5",
    why: "The app takes no other depth.",
    cure: "Write 1 to 5: how many levels below the folder repositories lie.",
    example: csv(
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,6\n",
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,5\n",
    ),
};

pub(crate) const NO_FOLDER_DEPTH: Entry = Entry {
    title: "`folderDepth` is left to Jira's default",
    why: "The vendor's pages differ: one lists the field as required, another gives it the default 1, and the example does \
          without it.",
    cure: "Write 1 to 5 to be sure: how many levels below the folder repositories lie.",
    example: csv(
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,\n",
        "type,displayName,origin,folderDepth\n\
         FILESPACE,Mirrors,/srv/repos/*,1\n",
    ),
};
