//! What is said about workbooks as people have them.

use std::fmt::Write as _;

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use crate::book::{Book, HEAD, row, row_of};
use crate::env::Env;

/// Code and cell of every diagnostic of a file, with the row or nothing where there is no cell; the notes on unknown
/// columns are left out.
#[track_caller]
pub fn found(name: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
    let env = Env::new().file(name, bytes);
    let ran = env.run(["check", name, "--format", "json"]);
    assert_eq!(ran.stderr, "");
    let json = ran.json();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let line = |d: &serde_json::Value| {
        let place = match (d["cell"].as_str(), d["row"].as_u64()) {
            (Some(cell), _) => cell.to_owned(),
            (None, Some(row)) => row.to_string(),
            (None, None) => String::new(),
        };
        format!("{} {place}", d["code"].as_str().unwrap())
    };
    let lines = diagnostics.iter().map(line);
    lines
        .filter(|line| !line.starts_with("unknown-column"))
        .collect()
}

fn head(sheet: &mut Worksheet) {
    for (column, header) in (0..).zip(["type", "displayName", "pat", "maxMinsToCommitEmail"]) {
        sheet.write_string(0, column, header).unwrap();
    }
}

fn write_row(sheet: &mut Worksheet, row: u32, name: &str) {
    for (column, cell) in (0..).zip(["GITHUB", name, "p"]) {
        sheet.write_string(row, column, cell).unwrap();
    }
}

fn with_table(rows: u32, more: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    head(sheet);
    for row in 1..=rows {
        write_row(sheet, row, &format!("Team {row}"));
    }
    more(sheet);
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_known_by_its_content() {
    assert_eq!(found("a.csv", Book::table("").bytes()), [""; 0]);
    assert_eq!(found("a.xlsm", Book::table("").bytes()), [""; 0]);
}

#[test]
fn hidden_rows_are_read_with_a_warning_that_lists_them() {
    let workbook = with_table(9, |sheet| {
        for row in [2, 3, 4, 8, 20, 21] {
            sheet.set_row_hidden(row).unwrap();
        }
    });
    assert_eq!(found("a.xlsx", &workbook), ["hidden-rows "]);
    let env = Env::new().file("a.xlsx", workbook);
    env.run(["check", "a.xlsx"])
        .exit(0)
        .says("4 hidden rows are read like the others: 3 to 5, 9\n")
        .says("9 rows can be imported");
}

#[test]
fn hidden_rows_can_be_passed_over_or_refused() {
    let workbook = with_table(9, |sheet| {
        sheet.set_row_hidden(2).unwrap();
        sheet.set_row_hidden(9).unwrap();
    });
    let env = Env::new().file("a.xlsx", workbook);
    for (how, rows, told) in [
        ("include", 9, "warning hidden-rows"),
        ("skip", 7, "note hidden-rows"),
        ("error", 9, "error hidden-rows"),
    ] {
        let ran = env.run(["check", "a.xlsx", "--hidden-rows", how, "--format", "json"]);
        let json = ran.json();
        let said = &json["diagnostics"][0];
        let said = [&said["severity"], &said["code"]].map(|text| text.as_str().unwrap());
        assert_eq!(
            (json["rows"]["read"].as_u64(), said.join(" ")),
            (Some(rows), told.to_owned())
        );
    }
}

#[test]
fn merged_cells_within_the_table_are_a_warning_and_a_merged_title_is_none() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 3, "Our hosts", &plain).unwrap();
    let headers = ["type", "displayName", "pat"];
    for (column, header) in (0..).zip(headers) {
        sheet.write_string(2, column, header).unwrap();
    }
    write_row(sheet, 3, "A");
    write_row(sheet, 4, "B");
    assert_eq!(found("a.xlsx", workbook.save_to_buffer().unwrap()), [""; 0]);
    let sheet = workbook.worksheet_from_index(0).unwrap();
    sheet.merge_range(3, 0, 4, 0, "GITHUB", &plain).unwrap();
    sheet.merge_range(3, 9, 4, 9, "", &plain).unwrap();
    let merged = workbook.save_to_buffer().unwrap();
    assert_eq!(
        found("a.xlsx", merged),
        ["missing-type A5", "merged-cells "]
    );
}

#[test]
fn formulas_without_a_value_are_errors_in_the_columns_that_are_read() {
    let formula = |cell: &str, value: &str| format!("<c r=\"{cell}\"><f>1+1</f>{value}</c>");
    let rows = [
        row_of(3, &formula("B3", ""), "p"),
        row_of(4, &formula("B4", "<v></v>"), "p"),
        row_of(5, &formula("B5", "<v/>"), "p"),
        row_of(6, &formula("B6", "<v>2</v>"), "p"),
        row_of(7, "<c r=\"B7\" t=\"str\"><f>\"\"</f><v></v></c>", "p"),
        row(8, "H", "p").replace("</row>", &(formula("E8", "") + "</row>")),
    ];
    assert_eq!(
        found("a.xlsx", Book::table(&rows.concat()).bytes()),
        [
            "formula-without-value B3",
            "formula-without-value B4",
            "formula-without-value B5",
            "no-display-name B7"
        ]
    );
    let computed = with_table(1, |sheet| {
        let formula = Formula::new("=\"a\"&\"b\"").set_result("ab");
        write_row(sheet, 2, "");
        sheet.write_formula(2, 1, formula).unwrap();
    });
    assert_eq!(found("a.xlsx", computed), [""; 0]);
}

#[test]
fn numbers_that_were_other_text_once_are_errors_in_text_fields_only() {
    let workbook = with_table(0, |sheet| {
        let padded = Format::new().set_num_format("0000");
        let scientific = Format::new().set_num_format("0.00E+00");
        let plain = Format::new();
        let numbers = [
            (42.0, &padded),
            (4242.0, &padded),
            (1.2e12, &scientific),
            (1_234_567_890_123_456.0, &plain),
            (123_456_789_012_345.0, &plain),
        ];
        for (row, (number, format)) in (1..).zip(numbers) {
            write_row(sheet, row, "");
            sheet
                .write_number_with_format(row, 1, number, format)
                .unwrap();
            sheet
                .write_number_with_format(row, 3, 5.0, &padded)
                .unwrap();
        }
        write_row(sheet, 6, "1.2E+12");
    });
    assert_eq!(
        found("a.xlsx", workbook),
        [
            "mangled-number B2",
            "mangled-number B4",
            "mangled-number B5",
            "mangled-number B7"
        ]
    );
}

#[test]
fn what_a_spreadsheet_left_of_a_token_in_a_csv_is_an_error() {
    let csv = "type,displayName,pat\nGITHUB,A,1.2E+12\nGITHUB,1e+15,p\nGITHUB,12E5,q\n";
    assert_eq!(
        found("a.csv", csv),
        ["mangled-number C2", "mangled-number B3"]
    );
}

#[test]
fn values_are_read_by_their_meaning() {
    let styles = "<styleSheet><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"[h]:mm:ss\"/></numFmts>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
    let strings = "<sst count=\"2\" uniqueCount=\"2\"><si><r><t>Te</t></r><r><rPr><b/></rPr><t>am</t></r></si>\
        <si><t xml:space=\"preserve\">a &amp; b</t></si></sst>";
    let cells = [
        ("45943", " s=\"1\"", "2025-10-13"),
        ("45943.5", " s=\"2\"", "2025-10-13T12:00:00"),
        ("1.5", " s=\"3\"", "PT36H"),
        ("0", " t=\"s\"", "Team"),
        ("1", " t=\"s\"", "a & b"),
        ("1", " t=\"b\"", "true"),
        ("2026-01-02T03:04:05", " t=\"d\"", "2026-01-02T03:04:05"),
        ("7.5", "", "7.5"),
        ("12", " t=\"n\"", "12"),
    ];
    let book = |properties: &str| {
        let mut rows = String::new();
        for (number, (value, attributes, _)) in (3..).zip(cells) {
            let cell = format!("<c r=\"B{number}\"{attributes}><v>{value}</v></c>");
            write!(rows, "{}", row_of(number, &cell, "")).unwrap();
        }
        rows += &row_of(
            12,
            "<c r=\"B12\" t=\"inlineStr\"><is><t>inline</t></is></c>",
            "",
        );
        Book::table(&rows)
            .workbook_properties(properties)
            .part("xl/styles.xml", styles)
            .part("xl/sharedStrings.xml", strings)
            .bytes()
    };
    // A row without a token is an error that tells the row's name.
    let names = |bytes: Vec<u8>| -> Vec<String> {
        let env = Env::new().file("a.xlsx", bytes);
        // A date is no text, unless that is allowed.
        let args = "check a.xlsx --format json --allow mangled-number".split(' ');
        let json = env.run(args).json();
        let diagnostics = json["diagnostics"].as_array().unwrap().clone();
        let missing = diagnostics
            .iter()
            .filter(|d| d["code"] == "missing-credential");
        missing
            .map(|d| d["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut meant: Vec<&str> = cells.iter().map(|(.., meant)| *meant).collect();
    meant.push("inline");
    assert_eq!(names(book("")), meant);
    meant[0] = "2029-10-14";
    meant[1] = "2029-10-14T12:00:00";
    assert_eq!(names(book("<workbookPr date1904=\"1\"/>")), meant);
}

#[test]
fn every_kind_of_error_cell_is_an_error_at_its_cell() {
    let error = |number: u32, error: &str| {
        let cell = format!("<c r=\"B{number}\" t=\"e\"><v>{error}</v></c>");
        row_of(number, &cell, "p")
    };
    let rows: String = (3..)
        .zip(["#N/A", "#SPILL!", "#REF!", "Err:508"])
        .map(|(number, text)| error(number, text))
        .collect();
    let env = Env::new().file("a.xlsx", Book::table(&(rows + &row(7, "G", "p"))).bytes());
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("the cell contains the error #SPILL!")
        .says("the cell contains the error Err:508")
        .says("2 of 6 rows");
}

#[test]
fn cells_without_a_place_stand_side_by_side() {
    let rows = "<row><c t=\"str\"><v>type</v></c><c t=\"str\"><v>displayName</v></c><c t=\"str\"><v>pat</v></c></row>\
        <row/><row><c t=\"str\"><v>GITHBU</v></c><c t=\"str\"><v>A</v></c><c><f>1</f></c></row>";
    assert_eq!(
        found("a.xlsx", Book::of(rows, "").bytes()),
        ["unknown-type A3", "formula-without-value C3"]
    );
}

#[test]
fn cells_that_stand_in_disorder_are_put_in_order() {
    let rows = "<row r=\"3\"><c r=\"C3\" t=\"str\"><v>p</v></c><c r=\"B3\" t=\"str\"><v>old</v></c>\
        <c r=\"A3\" t=\"str\"><v>GITHBU</v></c><c r=\"B3\" t=\"str\"><v>new</v></c></row>";
    let env = Env::new().file("a.xlsx", Book::table(rows).bytes());
    let json = env.run(["check", "a.xlsx", "--format", "json"]).json();
    assert_eq!(json["diagnostics"][1]["cell"], "A3");
    assert_eq!(json["diagnostics"][1]["name"], "new");
}

/// A workbook with these sheets, each in a part of its own as spreadsheet programs name it.
fn with_sheets(count: usize) -> Vec<u8> {
    let mut book = Book::table("");
    let (mut sheets, mut relations) = (String::new(), String::new());
    for n in 1..=count {
        write!(
            sheets,
            "<sheet name=\"Sheet{n}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>"
        )
        .unwrap();
        write!(
            relations,
            "<Relationship Id=\"rId{n}\" Type=\"x/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        )
        .unwrap();
        let rows = format!("{HEAD}{}", row(2, &format!("Team {n}"), "p"));
        book = book.part(
            &format!("xl/worksheets/sheet{n}.xml"),
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        );
    }
    book.part("sheets", sheets)
        .part(
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{relations}</Relationships>"),
        )
        .bytes()
}

#[test]
fn a_workbook_may_have_any_number_of_sheets() {
    for count in (1..=12).chain([20, 50, 100, 200, 300]) {
        let env = Env::new().file("a.xlsx", with_sheets(count));
        let ran = env.run(["check", "a.xlsx", "--format", "json"]);
        assert_eq!(ran.json()["rows"]["valid"], count, "{count} sheets");
    }
}

#[test]
fn a_formula_without_a_value_is_an_error_though_it_is_of_text() {
    let rows = [
        row_of(3, "<c r=\"B3\" t=\"str\"><f>\"a\"</f></c>", "p"),
        row_of(4, "<c r=\"B4\" t=\"str\"><f>\"\"</f><v></v></c>", "p"),
        row_of(5, "<c r=\"B5\" t=\"str\"><f>\"a\"</f><v>a</v></c>", "p"),
    ];
    assert_eq!(
        found("a.xlsx", Book::table(&rows.concat()).bytes()),
        ["formula-without-value B3", "no-display-name B4"]
    );
}

#[test]
fn an_unknown_error_moves_no_cell_beside_it() {
    let cells = |place: &str| {
        format!(
            "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>GITHUB</v></c><c r=\"B3\" t=\"e\"><v>#SPILL!</v></c>\
             <c{place} t=\"str\"><v>p</v></c></row>"
        )
    };
    let book = Book::table(&cells(" r=\"C3\"")).bytes();
    assert_eq!(found("a.xlsx", book), ["cell-is-error B3"]);
    let book = Book::table(&cells("")).bytes();
    assert_eq!(found("a.xlsx", book), ["unreadable 3"]);
}

#[test]
fn sheets_are_read_in_whatever_way_spreadsheet_programs_write_them() {
    let utf16 = |text: &str| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let sheet = |dimension: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><worksheet>{dimension}<sheetData>{HEAD}\
             <row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" t=\"str\"><v>A &amp; B</v></c>\
             <c r=\"C2\" t=\"str\"><v>p</v></c></row></sheetData></worksheet>"
        )
    };
    let strings = "<sst><si><t>GITHUB</t></si></sst>";
    let plain = || {
        Book::of("", "")
            .part("xl/worksheets/sheet1.xml", sheet(""))
            .part("xl/sharedStrings.xml", strings)
    };
    let relations = |more: &str| {
        format!(
            "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"worksheets/sheet1.xml\"/>{more}</Relationships>"
        )
    };
    let list = "xl/_rels/workbook.xml.rels";
    for (name, book) in [
        ("as usual", plain()),
        (
            "a dimension of rows",
            plain().part("xl/worksheets/sheet1.xml", sheet("<dimension ref=\"1:4\"/>")),
        ),
        (
            "an empty dimension",
            plain().part("xl/worksheets/sheet1.xml", sheet("<dimension/>")),
        ),
        (
            "a dimension upside down",
            plain().part("xl/worksheets/sheet1.xml", sheet("<dimension ref=\"C4:A1\"/>")),
        ),
        (
            "a sheet in UTF-16",
            plain().part("xl/worksheets/sheet1.xml", utf16(&sheet(""))),
        ),
        (
            "shared texts in UTF-16",
            plain().part("xl/sharedStrings.xml", utf16(strings)),
        ),
        (
            "shared texts elsewhere",
            plain()
                .part("xl/sharedStrings.xml", "<sst><si><t>wrong</t></si></sst>")
                .part("xl/texts/all.xml", strings)
                .part(
                    list,
                    relations("<Relationship Id=\"t\" Type=\"x/sharedStrings\" Target=\"./texts/all.xml\"/>"),
                ),
        ),
        (
            "a sheet by a path that climbs",
            plain().part(
                list,
                relations("").replace("worksheets/", "../xl/theme/../worksheets/"),
            ),
        ),
        (
            "a sheet that is shown",
            plain().part(
                "sheets",
                "<sheet name=\"Hosts\" state=\"show\" r:id=\"rId1\"/>",
            ),
        ),
        (
            "a sheet of macros beside it",
            plain()
                .part(
                    "sheets",
                    "<sheet name=\"Macros\" r:id=\"m\"/><sheet name=\"Hosts &amp; more\" r:id=\"rId1\"/>",
                )
                .part(
                    list,
                    relations("<Relationship Id=\"m\" Type=\"x/xlMacrosheet\" Target=\"macros.xml\"/>"),
                ),
        ),
        (
            "a module beside it",
            plain().part(
                "sheets",
                "<sheet name=\"Module1\" r:id=\"\"/><sheet name=\"Hosts\" r:id=\"rId1\"/>",
            ),
        ),
        (
            "more shared texts claimed than there are",
            plain().part("xl/sharedStrings.xml", strings.replace("<sst>", "<sst uniqueCount=\"9000000\">")),
        ),
    ] {
        let env = Env::new().file("a.xlsx", book.bytes());
        let json = env.run(["check", "a.xlsx", "--format", "json"]).json();
        assert_eq!(json["rows"]["valid"], 1, "{name}: {json}");
    }
}

#[test]
fn a_value_in_cdata_is_that_value() {
    let row = |cells: &str| {
        format!("<row r=\"3\"><c r=\"A3\" t=\"str\"><v><![CDATA[GITHUB]]></v></c>{cells}</row>")
    };
    let cells = "<c r=\"B3\" t=\"str\"><v><![CDATA[A & ]]><![CDATA[B]]></v></c><c r=\"C3\" t=\"str\"><v>p</v></c>\
        <c r=\"D3\"><v><![CDATA[7]]></v></c>";
    let env = Env::new()
        .sandbox()
        .file("a.xlsx", Book::table(&row(cells)).bytes());
    env.run(["import", "a.xlsx", "--yes"]).exit(0);
    let jira = env.jira();
    let bodies = jira.received();
    let body = bodies.iter().find(|one| one["displayName"] == "A & B");
    assert_eq!(body.unwrap()["maxMinsToCommitEmail"], 7);
    let mixed = "<c r=\"B3\" t=\"str\"><v>A<![CDATA[B]]></v></c>";
    assert_eq!(
        found("a.xlsx", Book::table(&row(mixed)).bytes()),
        ["unreadable 3"]
    );
}

#[test]
fn a_note_beside_the_table_of_a_workbook_is_no_matter_of_quotes() {
    let note = "<row r=\"3\"><c r=\"A3\" t=\"str\"><v>GITHUB</v></c><c r=\"B3\" t=\"str\"><v>B</v></c>\
        <c r=\"C3\" t=\"str\"><v>p</v></c><c r=\"H3\" t=\"str\"><v>ask Jo</v></c></row>";
    let env = Env::new().file("a.xlsx", Book::table(note).bytes());
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("error[too-many-cells]")
        .says("empty the cells to the right of the table")
        .says_nothing_of("quotes");
}

#[test]
fn dates_of_a_converted_workbook_keep_their_system() {
    let styles =
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let name = "<c r=\"B3\" s=\"1\"><v>45943</v></c>";
    let book = Book::table(&row_of(3, name, ""))
        .workbook_properties("<workbookPr date1904=\"1\"/>")
        .part(
            "sheets",
            "<sheet name=\"Hosts\" state=\"show\" r:id=\"rId1\"/>",
        )
        .part("xl/styles.xml", styles);
    let env = Env::new().file("a.xlsx", book.bytes());
    let args = "check a.xlsx --format json --allow mangled-number".split(' ');
    let json = env.run(args).json();
    let mut diagnostics = json["diagnostics"].as_array().unwrap().iter();
    assert!(diagnostics.any(|d| d["name"] == "2029-10-14"), "{json}");
}

#[test]
fn blank_rows_are_counted_by_their_numbers() {
    let rows = format!(
        "{}{}{}",
        HEAD.replace("1\"", "4\""),
        row(6, "A", "p"),
        row(9, "B", "p")
    );
    let env = Env::new().file("a.xlsx", Book::of(&rows, "").bytes());
    let json = env.run(["check", "a.xlsx", "--format", "json"]).json();
    assert_eq!(json["rows"]["blank"], 6, "{json}");
}

#[test]
fn a_date_where_text_belongs_is_an_error() {
    let dates = with_table(0, |sheet| {
        let formats = ["yyyy-mm-dd", "hh:mm", "[h]:mm:ss"];
        for (row, format) in (1..).zip(formats) {
            let format = Format::new().set_num_format(format);
            write_row(sheet, row, "");
            for column in [1, 2] {
                let value = 46_115.25;
                sheet
                    .write_number_with_format(row, column, value, &format)
                    .unwrap();
            }
        }
    });
    assert_eq!(
        found("a.xlsx", dates),
        [
            "mangled-number B2",
            "secret-is-number C2",
            "mangled-number B3",
            "secret-is-number C3",
            "mangled-number B4",
            "secret-is-number C4",
        ]
    );
    let iso = row_of(3, "<c r=\"B3\" t=\"d\"><v>2026-04-03</v></c>", "p");
    assert_eq!(
        found("a.xlsx", Book::table(&iso).bytes()),
        ["mangled-number B3"]
    );
}

#[test]
fn a_number_beside_the_text_of_a_cell_is_ignored_as_spreadsheets_do() {
    let name = "<c r=\"B3\" t=\"inlineStr\"><v>1.0</v><is><t>Named</t></is></c>";
    let row = row_of(3, name, "p-3");
    let env = Env::new().file("a.xlsx", Book::table(&row).bytes());
    env.run(["check", "a.xlsx", "--format", "json"])
        .exit(0)
        .says("\"read\": 2");
    let alone = row.replace("<is><t>Named</t></is>", "");
    let env = Env::new().file("a.xlsx", Book::table(&alone).bytes());
    env.run(["check", "a.xlsx"])
        .exit(3)
        .says("a cell's value does not match its type");
}

#[test]
fn an_empty_sheet_is_not_worth_a_word() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    head(sheet);
    write_row(sheet, 1, "A");
    book.add_worksheet();
    let found = found("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(found, [""; 0]);
}

#[test]
fn rows_above_the_header_row_that_is_given_are_not_read() {
    let title = |n: u32, text: &str| {
        format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"str\"><v>{text}</v></c></row>")
    };
    let cell = |at: &str, text: &str| format!("<c r=\"{at}\" t=\"str\"><v>{text}</v></c>");
    let rows = format!(
        "{}{}{}<row r=\"4\">{}{}{}</row><row r=\"5\">{}{}{}</row>",
        title(1, "GITHUB"),
        title(2, "GITLAB"),
        title(3, "Notes"),
        cell("A4", "type"),
        cell("B4", "displayName"),
        cell("C4", "pat"),
        cell("A5", "GITHUB"),
        cell("B5", "A"),
        cell("C5", "p"),
    );
    let env = Env::new().file("a.xlsx", Book::of(&rows, "").bytes());
    env.run(["check", "a.xlsx", "--header-row", "4"])
        .exit(0)
        .says("1 row can be imported");
}
