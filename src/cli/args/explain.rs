use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    /// A code such as origin-is-clone-url, an integration type, or a column's header; a list of all without it
    #[arg(value_name = "CODE|TYPE|FIELD")]
    pub words: Vec<String>,
}
