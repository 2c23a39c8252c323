//! Files, headers and the shape of a table.

use crate::explain::entry::{Entry, Example, csv};

pub(crate) const NO_TABLE: Entry = Entry {
    title: "no sheet of the file is a table of integrations",
    why: "A table of integrations is known by its headers. Without them nobody can tell which cell is the type and which \
          the token.",
    cure: "Give it a header row, within its first 20 rows, with `type` and at least one of `origin`, `username`, \
           `password` and `pat`. `--set type=GITHUB` stands in for the column `type`. `gij template -o FILE` writes a sheet that has all of them.",
    example: csv(
        "kind of host,team,secret word\n\
         GITHUB,Payments,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const UNREADABLE: Entry = Entry {
    title: "the file, or a part of it, cannot be read",
    why: "What cannot be read cannot be imported, and a part of a file is never taken for the whole. The message says what \
          stands in the way: the path, the permissions, a format that is not read, damage, or that the file is empty.",
    cure: "Check that this is the file you meant. A file of another format is saved as .xlsx or as CSV UTF-8 from the \
           program that made it; a damaged or encrypted workbook is opened there and saved anew.",
    example: csv(
        "",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const NEAR_MISS_HEADER: Entry = Entry {
    title: "a header is nearly the name of a field",
    why: "It is probably a slip of the pen. If it was taken for a column of your own, its values would be left out of the \
          import, and nobody would notice.",
    cure: "Correct the header. If the column really is one of your own, give it a name that is less like the field's, or \
           one that begins with `_`. Without touching the file, `--map 'HEADER=FIELD'` says what a header means.",
    example: csv(
        "type,displayName,pat,gitViewerEnabeld\n\
         GITHUB,Payments,invented-token,no\n",
        "type,displayName,pat,gitViewerEnabled\n\
         GITHUB,Payments,invented-token,no\n",
    ),
};

pub(crate) const DUPLICATE_HEADER: Entry = Entry {
    title: "two columns say the same field",
    why: "Their cells may differ, and nothing says which of the two is meant. Headers are compared without regard to case, \
          spaces, `_` and `-`, and many have other names: `name` is `displayName`.",
    cure: "Keep one of the two columns, or rename the other. `gij explain FIELD` lists the headers that a field is known \
           by.",
    example: csv(
        "type,name,display name,pat\n\
         GITHUB,Payments,Payments on GitHub,invented-token\n",
        "type,display name,pat\n\
         GITHUB,Payments on GitHub,invented-token\n",
    ),
};

pub(crate) const TOO_MANY_CELLS: Entry = Entry {
    title: "a row has more cells than the header row",
    why: "Mostly a cell holds the character that separates cells, so that all cells behind it have moved by one, and what \
          stands under `pat` may be something else.",
    cure: "Put quotes around the cell that holds the separator. A cell too many at the end of the row is emptied.",
    example: csv(
        "type,pat,displayName\n\
         GITHUB,invented-token,Payments, Refunds\n",
        "type,pat,displayName\n\
         GITHUB,invented-token,\"Payments, Refunds\"\n",
    ),
};

pub(crate) const UNCLOSED_QUOTE: Entry = Entry {
    title: "a quote is opened, and not closed where its cell ends",
    why: "Everything behind it, to the next quote or the end of the file, would be one cell, and the rows in it would be \
          lost.",
    cure: "Close the quote on the line that is named, or remove it. A quote within a quoted cell is written twice: \
           `\"the \"\"big\"\" one\"`.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,\"Payments,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,\"Payments\",invented-token\n",
    ),
};

pub(crate) const NOT_UTF8: Entry = Entry {
    title: "a cell holds bytes that are not UTF-8, and the rest of the file is",
    why: "The file was put together from pieces in two encodings. A guess would put wrong letters into Jira, or a wrong \
          password.",
    cure: "Open the file, look for letters that are wrong, correct them, and save it as CSV UTF-8.",
    example: Example::Windows1252 {
        from_row: 3,
        wrong: "type,displayName,pat\n\
                GITHUB,Z\u{fc}rich,invented-token\n\
                GITHUB,Gen\u{e8}ve,other-invented-token\n",
        right: "type,displayName,pat\n\
                GITHUB,Z\u{fc}rich,invented-token\n\
                GITHUB,Gen\u{e8}ve,other-invented-token\n",
    },
};

pub(crate) const ENCODING_GUESSED: Entry = Entry {
    title: "the file is not UTF-8, and is read as Windows-1252",
    why: "The same bytes are other letters in another encoding, and nothing in the file says which is meant. Windows-1252 \
          is what Excel mostly writes where it says CSV alone. If the guess is wrong, so are the letters beyond ASCII in \
          names and passwords.",
    cure: "Save the file as CSV UTF-8 or as .xlsx, which leave nothing to guess. Or say what it is with `--encoding`.",
    example: Example::Windows1252 {
        from_row: 1,
        wrong: "type,displayName,pat\n\
                GITHUB,Z\u{fc}rich,invented-token\n",
        right: "type,displayName,pat\n\
                GITHUB,Z\u{fc}rich,invented-token\n",
    },
};

pub(crate) const REPOSITORY_TABLE: Entry = Entry {
    title: "the table lists single repositories and not integrations",
    why: "The app's Bulk Change writes such tables, known by their columns `realRoot` or `trackedFolderId`. An integration \
          is a git host and an account; Jira finds the repositories on it by itself.",
    cure: "Use the app's Bulk Change for such a table. For `gij`, write a row for each git host and account.",
    example: csv(
        "type,displayName,origin,realRoot\n\
         GERRIT,orders,https://gerrit.example.org/orders,/srv/jira/orders\n",
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n",
    ),
};

pub(crate) const UNKNOWN_COLUMN: Entry = Entry {
    title: "a column is not a field of an integration",
    why: "Columns for notes of your own are welcome, and nothing of them is sent. You are told in case one was meant to be \
          a field.",
    cure: "Nothing, if it is a column of your own. A column whose name begins with `_` is passed over without a word. \
           `gij explain` lists the fields.",
    example: csv(
        "type,displayName,pat,Team\n\
         GITHUB,Payments,invented-token,Blue\n",
        "type,displayName,pat,_Team\n\
         GITHUB,Payments,invented-token,Blue\n",
    ),
};

pub(crate) const SHEET_PASSED_OVER: Entry = Entry {
    title: "a sheet of the workbook is not read",
    why: "Workbooks have sheets with notes and lists. The rows of a sheet are read only if it is visible, its name does not \
          begin with `_`, and its headers name a type and an origin or a credential. You are told which are left out, in \
          case one holds integrations.",
    cure: "Nothing, if it holds no integrations. Otherwise mend what the message names: unhide the sheet, rename it, \
           name it by `--sheet`, or give it a header row within its first 20 rows.",
    example: Example::Words(
        "A workbook has the sheets `Hosts`, with the headers `type`, `displayName` and `pat`, and `Read me`, which holds \
         text alone. The first is read, the second passed over.",
    ),
};

pub(crate) const NO_ROWS: Entry = Entry {
    title: "the file has a header row and no rows",
    why: "There is nothing to import. Mostly the rows were never filled in, or stand in another file or sheet.",
    cure: "Fill in a row for each git host and account, below the headers; or name the file that has them.",
    example: csv(
        "type,displayName,pat\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const HIDDEN_ROWS: Entry = Entry {
    title: "rows of a sheet are hidden",
    why: "They are read like others, and somebody may have hidden them to leave them out; a filter that is still on hides \
          rows, too. You are told which they are.",
    cure: "Show the rows and remove those that are not meant, or take the filter off. `--hidden-rows skip` leaves them out, \
           `--hidden-rows error` refuses the sheet.",
    example: Example::Words(
        "In a workbook, a filter shows the rows of the team Blue, and hides those of the other teams. All of them would be \
         imported.",
    ),
};

pub(crate) const MERGED_CELLS: Entry = Entry {
    title: "cells of the table are merged",
    why: "Of merged cells only the first one holds the value. The rows below it look as if they had the value, and have \
          none.",
    cure: "Undo the merging, and write the value into each row that is to have it.",
    example: Example::Words(
        "In a workbook, the cells A2 to A4 under `type` are merged and show `GITHUB`. Row 2 has this type, and rows 3 and 4 \
         have none.",
    ),
};
