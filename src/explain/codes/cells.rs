//! What a cell of any field may hold that nobody meant.

use crate::explain::entry::{Entry, Example, csv};

pub(crate) const CELL_IS_ERROR: Entry = Entry {
    title: "a cell holds an error such as `#N/A`",
    why: "The formula in the cell did not come to a value, mostly because what it refers to was moved or removed.",
    cure: "Mend the formula, or write the value itself into the cell.",
    example: Example::Words(
        "In a workbook, the cell under `origin` holds `=VLOOKUP(A2,Hosts!A:B,2,FALSE)`, and the sheet `Hosts` has no such \
         row: Excel shows `#N/A`.",
    ),
};

pub(crate) const INVISIBLE_CHARACTER: Entry = Entry {
    title: "a cell holds a control or zero-width character",
    why: "Such characters come along when text is copied from a web page or a chat, and nobody sees them. An origin, a name \
          or a password with one of them is another one.",
    cure: "Type the value anew instead of copying it. If the character is a line break that nobody typed, look for a quote \
           too many in this row or above.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,\"Payments\nand refunds\",invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments and refunds,invented-token\n",
    ),
};

pub(crate) const SMART_QUOTE: Entry = Entry {
    title: "a cell that a machine reads holds curly quotation marks",
    why: "Office programs put them in for straight ones while you type. A host takes them for other characters, so that the \
          log-in fails.",
    cure: "Type the straight mark, or none if it is no part of the value, and turn the automatic quotation marks off. In a \
           `displayName` they are fine.",
    example: csv(
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,\u{201c}svc-jira\u{201d},invented-password\n",
        "type,displayName,origin,username,password\n\
         GERRIT,Code review,https://gerrit.example.org,svc-jira,invented-password\n",
    ),
};

pub(crate) const PLACEHOLDER: Entry = Entry {
    title: "a cell was never filled in: it still holds a placeholder",
    why: "What stands there is a reminder and not a value. Jira would take it for the value, and the integration would \
          never work.",
    cure: "Write the value itself, or empty the cell if the field may be blank. Placeholders are whole cells such as \
           `changeme`, `TODO`, `xxxx` and anything in `<angle brackets>`.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments,<token>\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const TRIMMED: Entry = Entry {
    title: "there is white space around a value, which is left out",
    why: "Nobody sees it, and it is hardly ever meant, so the value is read without it. In a secret it is an error instead, \
          as nothing about a secret is guessed.",
    cure: "Remove the white space from the cell.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,Payments ,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,Payments,invented-token\n",
    ),
};

pub(crate) const FORMULA_WITHOUT_VALUE: Entry = Entry {
    title: "a cell holds a formula whose value was never computed",
    why: "`gij` reads the values that a spreadsheet program has stored, and computes none itself. Files that a script wrote \
          often hold formulas alone.",
    cure: "Open the file in a spreadsheet program and save it, which computes and stores the value. Or write the value \
           itself into the cell.",
    example: Example::Words(
        "A script wrote a workbook whose cell under `displayName` holds `=CONCAT(\"Team \",A2)`, and nobody has opened it \
         in a spreadsheet program since.",
    ),
};

pub(crate) const MANGLED_NUMBER: Entry = Entry {
    title: "a number stands where text is meant, and its digits may have changed",
    why: "A spreadsheet that takes a text for a number drops its leading zeros, keeps 15 digits and shows the rest as \
          `1.2E+12`. What was typed cannot be told from it any more.",
    cure: "Format the column as text, and then type the value again.",
    example: csv(
        "type,displayName,pat\n\
         GITHUB,1.2E+12,invented-token\n",
        "type,displayName,pat\n\
         GITHUB,1200000000042,invented-token\n",
    ),
};
