//! Colours and cell formats of the workbooks.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

const INK: Color = Color::RGB(0x1F_2937);
const HEAD: Color = Color::RGB(0x1F_4E79);
const LINE: Color = Color::RGB(0xD0_D7DE);

/// The built-in number format `@`.
const TEXT: u8 = 49;

/// The header of a column.
pub(super) fn header() -> Format {
    Format::new()
        .set_bold()
        .set_font_color(Color::White)
        .set_background_color(HEAD)
        .set_align(FormatAlign::VerticalCenter)
        .set_border_right(FormatBorder::Thin)
        .set_border_right_color(Color::White)
}

/// A cell whose text Excel keeps unchanged.
pub(super) fn verbatim() -> Format {
    Format::new().set_num_format_index(TEXT)
}

/// The title of a sheet that explains.
pub(super) fn title() -> Format {
    Format::new()
        .set_bold()
        .set_font_size(14)
        .set_font_color(HEAD)
}

/// A line below the title.
pub(super) fn subtitle() -> Format {
    Format::new().set_font_color(INK)
}

/// The header of a column of a sheet that explains.
pub(super) fn heading() -> Format {
    header().set_align(FormatAlign::Left).set_indent(1)
}

/// A cell of a sheet that explains; `is_name` for the first of its row.
pub(super) fn explained(is_name: bool) -> Format {
    let format = Format::new()
        .set_font_color(INK)
        .set_text_wrap()
        .set_align(FormatAlign::Left)
        .set_align(FormatAlign::Top)
        .set_border_bottom(FormatBorder::Thin)
        .set_border_bottom_color(LINE)
        .set_num_format_index(TEXT)
        .set_indent(1);
    if is_name { format.set_bold() } else { format }
}
