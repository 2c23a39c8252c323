use super::{ConnectSettings, Invocation};
use crate::cli::args::DoctorArgs;
use crate::cli::exit::Failure;

/// `gij doctor`.
#[derive(Clone, Debug)]
pub(in crate::cli) struct DoctorSettings {
    pub connect: ConnectSettings,
    pub invocation: Invocation,
}

impl DoctorSettings {
    pub(crate) fn new(args: DoctorArgs, invocation: Invocation) -> Result<Self, Failure> {
        Ok(Self {
            connect: ConnectSettings::new(args.connect)?,
            invocation,
        })
    }
}
