//! The JSON documents are as `docs/documents.schema.json` describes them, which allows no key that it does not name.

use boon::{Compiler, SchemaIndex, Schemas};
use gij::sandbox::Fault;
use serde_json::Value;

use crate::env::{Env, sheet_of};

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    /// The schema of this kind of document.
    fn of(kind: &str) -> Self {
        let text = include_str!("../../docs/documents.schema.json");
        let schema: Value = serde_json::from_str(text).unwrap();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("documents.json", schema).unwrap();
        let url = format!("documents.json#/$defs/{kind}");
        let index = compiler.compile(&url, &mut schemas).unwrap();
        Self { schemas, index }
    }

    #[track_caller]
    fn assert_fits(&self, document: &Value) {
        if let Err(error) = self.schemas.validate(document, self.index) {
            panic!("{error:#}\n{document:#}");
        }
    }
}

#[test]
fn every_document_is_as_its_schema_says() {
    let env = Env::new()
        .sandbox()
        .file("a.csv", sheet_of(4))
        .file(
            "bad.csv",
            "type,displayName,pat,orgin\nGITHUB,,\"\",\nGITHBU,B,x,\n",
        )
        .faults([None, Some(Fault::Failure400), Some(Fault::CutAfterCommit)]);
    env.put("Team 4", "git4");
    let env = env.file(
        "c.csv",
        "type,displayName,origin,pat,global\nGITHUB_SERVER,Team 4,https://git4.example.org,p,no\nGITHUB,Nobody,,p,\n",
    );
    for (kind, command) in [
        ("check", "check a.csv"),
        ("check", "check bad.csv"),
        ("check", "import a.csv --dry-run"),
        ("run", "import a.csv --yes --settle 1ms --concurrency 1"),
        ("runs", "runs"),
        ("verify", "verify -o v.json"),
        ("run", "report"),
        ("undo_plan", "undo --dry-run"),
        ("run", "undo --yes --include-found --settle 1ms"),
        ("runs", "runs"),
        ("check", "update c.csv --fields pat,global --dry-run"),
        ("run", "update c.csv --fields pat,global --yes"),
        ("runs", "runs"),
        ("doctor", "doctor"),
        ("template", "template -o t.csv"),
        ("export", "export -o e.csv"),
    ] {
        let ran = env.run(command.split(' ').chain(["--format", "json"]));
        Schema::of(kind).assert_fits(&ran.json());
    }
    let verified = std::fs::read(env.path("v.json")).unwrap();
    Schema::of("run").assert_fits(&serde_json::from_slice(&verified).unwrap());
    Schema::of("run").assert_fits(&env.report());
}
