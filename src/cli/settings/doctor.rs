use super::ConnectSettings;
use crate::cli::args::{DoctorArgs, Format};
use crate::cli::exit::Failure;

/// `gij doctor`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct DoctorSettings {
    pub connect: ConnectSettings,
    pub is_json: bool,
    /// The arguments as they were typed, for the next command to type.
    pub typed: Vec<String>,
}

impl DoctorSettings {
    pub fn new(args: DoctorArgs, format: Format, typed: Vec<String>) -> Result<Self, Failure> {
        Ok(Self {
            connect: ConnectSettings::new(args.connect)?,
            is_json: format == Format::Json,
            typed,
        })
    }
}
