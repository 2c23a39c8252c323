//! The parts of a workbook, put into an archive that is in order: chance seldom gets past a checksum.
//!
//! The parts stand one after the other, each ended by the byte 1E; those left out are as the seeds have them.

#![no_main]

use std::io::{Cursor, Write as _};

use gij_fuzz::{own_panics_are_fatal, validate};
use libfuzzer_sys::fuzz_target;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const PARTS: [(&str, &[u8]); 7] = [
    (
        "xl/worksheets/sheet1.xml",
        include_bytes!("../parts/sheet1.xml"),
    ),
    (
        "xl/sharedStrings.xml",
        include_bytes!("../parts/sharedStrings.xml"),
    ),
    ("xl/styles.xml", include_bytes!("../parts/styles.xml")),
    ("xl/workbook.xml", include_bytes!("../parts/workbook.xml")),
    (
        "xl/_rels/workbook.xml.rels",
        include_bytes!("../parts/workbook.xml.rels"),
    ),
    ("_rels/.rels", include_bytes!("../parts/rels.xml")),
    (
        "xl/worksheets/sheet2.xml",
        include_bytes!("../parts/sheet2.xml"),
    ),
];

fuzz_target!(
    init: own_panics_are_fatal(),
    |bytes: &[u8]| validate(&archive(bytes))
);

fn archive(parts: &[u8]) -> Vec<u8> {
    let mut given = parts.split(|byte| *byte == 0x1E);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, usual) in PARTS {
        let content = given
            .next()
            .filter(|part| !part.is_empty())
            .unwrap_or(usual);
        zip.start_file(name, options).expect("a file in memory");
        zip.write_all(content).expect("a file in memory");
    }
    zip.finish().expect("a file in memory").into_inner()
}
