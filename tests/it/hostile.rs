//! Files that are no workbooks, and workbooks that are meant to do harm.

use crate::book::{Book, HEAD, archive, row};
use crate::env::Env;
use crate::workbooks::found;

/// Asserts that a file is refused with these words.
#[track_caller]
fn refused(name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) {
    let env = Env::new().file(name, bytes);
    let ran = env.run(["check", name]).exit(3);
    words
        .iter()
        .fold(ran, |ran, words| ran.says(words))
        .says("error[unreadable]")
        .says_nothing_of("panicked");
}

#[test]
fn other_spreadsheets_are_refused_by_what_they_are() {
    let mut encrypted = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    encrypted.resize(1024, 0);
    encrypted.extend("EncryptedPackage".bytes().flat_map(|b| [b, 0]));
    encrypted.resize(2048, 0);
    refused(
        "a.xlsx",
        encrypted,
        &["encrypted with a password", "save it without one"],
    );
    refused(
        "a.xls",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        &["this is an .xls workbook", "save it as .xlsx"],
    );
    let binary = archive(&[("xl/workbook.bin", ""), ("_rels/.rels", "")]);
    refused("a.xlsx", binary, &["an .xlsb workbook", "save it as .xlsx"]);
    let open = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", ""),
        ("META-INF/manifest.xml", ""),
    ]);
    refused("a.xlsx", open, &["OpenDocument", "save it as .xlsx"]);
    let other = archive(&[("readme.txt", "hello")]);
    refused("a.xlsx", other, &["an archive without a workbook"]);
    let word = Book::table("").sheets(&[]).bytes();
    refused("a.xlsx", word, &["an archive without a workbook"]);
}

#[test]
fn what_a_sheet_claims_of_its_size_does_no_harm() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\" s=\"0\"/></row>";
    let book = Book::table(far).bytes();
    assert_eq!(found("a.xlsx", book), [""; 0]);
    let told = "<row r=\"1048576\"><c r=\"XFD1048576\" t=\"str\"><v>!</v></c></row>";
    let far = Book::table(told).bytes();
    assert_eq!(
        found("a.xlsx", far),
        ["missing-type A1048576", "too-many-cells F1048576"]
    );
    let sheet = format!(
        "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{HEAD}{}</sheetData></worksheet>",
        row(2, "A", "p")
    );
    let book = Book::table("").part("xl/worksheets/sheet1.xml", sheet);
    assert_eq!(found("a.xlsx", book.bytes()), [""; 0]);
}

#[test]
fn cells_beyond_every_sheet_are_refused_with_their_row() {
    for cell in ["XFE7", "A1048577", "ZZZZZZZZ7", "A99999999999"] {
        let rows = format!("<row r=\"7\"><c r=\"{cell}\"><v>1</v></c></row>");
        let book = Book::table(&rows).bytes();
        assert_eq!(found("a.xlsx", &book), ["unreadable 7"], "{cell}");
        refused("a.xlsx", book, &["beyond XFD1048576", "a.xlsx:Hosts!7"]);
    }
}

#[test]
fn a_claim_of_more_texts_than_there_are_does_no_harm() {
    let strings = |claim: &str| {
        format!("<sst count=\"1\" uniqueCount=\"{claim}\"><si><t>type</t></si></sst>")
    };
    let book = |claim: &str| {
        Book::table("")
            .part("xl/sharedStrings.xml", strings(claim))
            .bytes()
    };
    for claim in ["1000", "900000", "99999999999", "18446744073709551615"] {
        assert_eq!(found("a.xlsx", book(claim)), [""; 0], "{claim}");
    }
}

#[test]
fn a_workbook_that_contradicts_itself_is_refused() {
    let dtd = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\">]>";
    let sheet =
        |inner: &str| format!("<worksheet><sheetData>{HEAD}{inner}</sheetData></worksheet>");
    let of_sheet = |sheet: String| {
        Book::table("")
            .part("xl/worksheets/sheet1.xml", sheet)
            .bytes()
    };
    let deep = "<a>".repeat(5000);
    let names: Vec<String> = (0..1001).map(|n| format!("S{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (bytes, said) in [
        (
            of_sheet(dtd.to_owned() + &sheet("")),
            "document type declaration",
        ),
        (of_sheet(sheet("<row><c><v>1</v></row>")), "damaged"),
        (of_sheet(sheet(&deep)), "nested too deeply"),
        (
            of_sheet(sheet("").replace("</worksheet>", "")),
            "ends too early",
        ),
        (
            of_sheet(sheet("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>9</v></c></row>")),
            "damaged",
        ),
        (
            of_sheet(sheet("<row r=\"2\"><c r=\"A2\"><x/></c></row>")),
            "damaged",
        ),
        (
            Book::table("").sheets(&["A", "A"]).bytes(),
            "two of its sheets have the same name",
        ),
        (
            Book::table("").sheets(&names).bytes(),
            "more than 1000 sheets",
        ),
        (
            Book::table("").part("XL/Workbook.xml", "").bytes(),
            "two files with the same name",
        ),
        (
            Book::table("")
                .part("xl/styles.xml", "<styleSheet>")
                .bytes(),
            "ends too early",
        ),
    ] {
        refused("a.xlsx", bytes, &[said]);
    }
}

#[test]
fn a_shared_text_of_many_runs_is_bounded_as_one() {
    let runs = format!("<r><t>{}</t></r>", "x".repeat(1 << 20)).repeat(20);
    let book = Book::table("<row r=\"9\"><c t=\"s\"><v>0</v></c></row>")
        .part(
            "xl/sharedStrings.xml",
            format!("<sst><si>{runs}</si></sst>"),
        )
        .bytes();
    refused("a.xlsx", book, &["longer than 16 MB"]);
}

#[test]
fn texts_that_are_shared_without_end_fill_no_memory() {
    let strings = format!(
        "<sst uniqueCount=\"1\"><si><t>{}</t></si></sst>",
        "x".repeat(1 << 20)
    );
    let cells: String = (0..20).map(|_| "<c t=\"s\"><v>0</v></c>").collect();
    let book = Book::table(&format!("<row r=\"9\">{cells}</row>"))
        .part("xl/sharedStrings.xml", strings)
        .bytes();
    assert_eq!(found("a.xlsx", &book), ["unreadable 9"]);
    refused("a.xlsx", book, &["a row is longer than 16 MB"]);
}

#[test]
fn a_file_cut_off_is_refused() {
    let book = Book::table("").bytes();
    for length in [4, 100, book.len() / 2, book.len() - 1] {
        refused("a.xlsx", &book[..length], &["the workbook is damaged"]);
    }
}

#[test]
fn a_panic_of_a_parser_prints_nothing() {
    // calamine subtracts the corners; where overflow is checked, that panics.
    let sheet =
        format!("<worksheet><dimension ref=\"B2:A1\"/><sheetData>{HEAD}</sheetData></worksheet>");
    let book = Book::table("").part("xl/worksheets/sheet1.xml", sheet);
    let env = Env::new().file("a.xlsx", book.bytes());
    let ran = env.run(["check", "a.xlsx"]);
    assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
    ran.says_nothing_of("panicked");
}

#[test]
fn rows_and_cells_that_contradict_their_places_are_refused() {
    let one = "<c r=\"A1\" t=\"str\"><v>x</v></c>";
    for (rows, said) in [
        (
            "<row r=\"3\"><c r=\"B1\"><v>1</v></c></row>",
            "row 3 holds the cell B1",
        ),
        (
            "<row r=\"3\"><c r=\"A3\"/></row><row r=\"3\"/>",
            "row 3 comes after row 3",
        ),
        (
            "<row r=\"1048576\"/><row><c><v>1</v></c></row>",
            "beyond XFD1048576",
        ),
        ("<row r=\"9\"/><row r=\"3\"/>", "row 3 comes after row 9"),
        (one, "outside of a row"),
        (
            "<row r=\"3\"><row r=\"4\"/></row>",
            "a row is inside another row",
        ),
    ] {
        refused("a.xlsx", Book::table(rows).bytes(), &[said]);
    }
    // Without any number of its own, a row may hold no cell of another one either.
    let rows = "<row><c r=\"A2\"/><c r=\"A1\" t=\"str\"><v>type</v></c></row>";
    refused(
        "a.xlsx",
        Book::of(rows, "").bytes(),
        &["row 1 holds the cell A2"],
    );
}

#[test]
fn a_cell_whose_value_would_be_misread_is_refused() {
    for cell in [
        "<c r=\"A3\" t=\"s\"><v>x</v></c>",
        "<c r=\"A3\" t=\"s\"><v>99999999999999999999</v></c>",
        "<c r=\"A3\"><v>1<!-- -->2</v></c>",
        "<c r=\"A3\"><v>1&#50;</v></c>",
        "<c r=\"A3\" t=\"inlineStr\"><v>x</v></c>",
        "<c r=\"A3\" t=\"inlineStr\"><is><t>x</t></is><v>y</v></c>",
        "<c r=\"A3\"><v>1</v><f>1</f></c>",
        "<c r=\"A3\" t=\"str\"><v>x<![CDATA[x]]></v></c>",
        "<c r=\"A3\" t=\"s\"><v><![CDATA[0]]></v></c>",
    ] {
        let row = format!("<row r=\"3\">{cell}</row>");
        refused(
            "a.xlsx",
            Book::table(&row).bytes(),
            &["the workbook is damaged: a cell"],
        );
    }
}

#[test]
fn more_merged_ranges_than_a_sheet_has_are_refused() {
    let merged = "<mergeCell ref=\"A1:B2\"/>".repeat((1 << 16) + 1);
    let rows = format!("{HEAD}{}", row(2, "A", "p"));
    let book = Book::of(&rows, &format!("<mergeCells>{merged}</mergeCells>"));
    refused("a.xlsx", book.bytes(), &["more than 65536 merged ranges"]);
}
