//! Every rule about what a row may say, each with a row that breaks it.

use crate::env::Env;

/// Severity, code and cell of what is said about a table.
fn found(csv: &str) -> Vec<String> {
    let env = Env::new().file("a.csv", csv);
    let json = env.run(["check", "a.csv", "--format", "json"]).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let line = |d: &serde_json::Value| {
        format!(
            "{} {} {}",
            text(&d["severity"]),
            text(&d["code"]),
            text(&d["cell"])
        )
    };
    diagnostics.iter().map(line).collect()
}

/// What is said about one row, whose cells are given by their headers.
fn of_row(cells: &[(&str, &str)]) -> Vec<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(cells.iter().map(|(header, _)| header))
        .unwrap();
    writer
        .write_record(cells.iter().map(|(_, cell)| cell))
        .unwrap();
    found(&String::from_utf8(writer.into_inner().unwrap()).unwrap())
}

const GITHUB: [(&str, &str); 3] = [("type", "GITHUB"), ("displayName", "A"), ("pat", "p")];
const SERVER: [(&str, &str); 4] = [
    ("type", "GITHUB_SERVER"),
    ("displayName", "A"),
    ("pat", "p"),
    ("origin", "https://git.example.org"),
];
const FOLDER: [(&str, &str); 4] = [
    ("type", "FILESPACE"),
    ("displayName", "A"),
    ("origin", "/srv/repos/*"),
    ("folderDepth", "2"),
];
const GERRIT: [(&str, &str); 5] = [
    ("type", "GERRIT"),
    ("displayName", "A"),
    ("origin", "https://gerrit.example.org"),
    ("username", "jo"),
    ("password", "p"),
];

/// `base` with some cells changed or added; a blank one is left out.
fn with<'a>(
    base: &[(&'a str, &'a str)],
    changes: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let mut cells = base.to_vec();
    for (header, cell) in changes {
        cells.retain(|(other, _)| other != header);
        cells.push((header, cell));
    }
    cells
}

#[track_caller]
fn says(base: &[(&str, &str)], changes: &[(&str, &str)], expected: &[&str]) {
    let cells = with(base, changes);
    let said = of_row(&cells);
    let codes: Vec<String> = said
        .iter()
        .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
        .collect();
    assert_eq!(codes, expected, "{cells:?}");
}

#[test]
fn rows_without_a_fault_get_no_word() {
    for base in [&GITHUB[..], &SERVER, &FOLDER, &GERRIT] {
        says(base, &[], &[]);
    }
}

#[test]
fn types_are_known_by_their_names() {
    says(&GITHUB, &[("type", "")], &["error missing-type"]);
    says(
        &GITHUB,
        &[("type", "GitHub Enterprise")],
        &["error unknown-type"],
    );
    says(&SERVER, &[("type", "github server")], &[]);
    says(&GITHUB, &[("type", "Git Hub")], &["error unknown-type"]);
    says(
        &GERRIT,
        &[("type", "GITLAB_SERVER_LEGACY")],
        &["warning unsupported-type"],
    );
}

#[test]
fn credentials_are_what_the_type_takes() {
    says(&GITHUB, &[("pat", "")], &["error missing-credential"]);
    says(&GERRIT, &[("pat", "p")], &["error mixed-credentials"]);
    says(&GERRIT, &[("password", "")], &["error missing-credential"]);
    says(&GERRIT, &[("username", "")], &["error missing-credential"]);
    says(
        &SERVER,
        &[("username", "jo")],
        &["warning username-beside-pat"],
    );
    says(
        &SERVER,
        &[("type", "TFS_SERVER"), ("username", "jo")],
        &["error token-user-not-all"],
    );
    says(&SERVER, &[("type", "TFS_SERVER"), ("username", "all")], &[]);
    says(
        &GERRIT,
        &[("type", "TFS_SERVER"), ("username", r"CORP\jo")],
        &["warning domain-in-username"],
    );
    says(
        &GITHUB,
        &[("pat", ""), ("username", "jo"), ("password", "p")],
        &["warning github-password"],
    );
    says(&FOLDER, &[("pat", "p")], &["warning unused-field"]);
}

#[test]
fn tokens_stand_where_nobody_reads_them_and_with_their_vendor() {
    let token = "ghp_0123456789abcdefghij";
    for field in ["displayName", "origin", "username"] {
        let codes = of_row(&with(&GERRIT, &[(field, token)]));
        assert!(
            codes.contains(&"error secret-in-plain-field E2".to_owned()),
            "{field}: {codes:?}"
        );
    }
    says(
        &GITHUB,
        &[("type", "GITLAB"), ("pat", token)],
        &["warning foreign-token"],
    );
    says(
        &GITHUB,
        &[("pat", "glpat-0123456789abcdefghij")],
        &["warning foreign-token"],
    );
    for kind in ["AZURE", "VSTS", "AZURE_DEVOPS"] {
        says(
            &SERVER,
            &[("type", kind), ("pat", token)],
            &["warning foreign-token"],
        );
    }
    says(
        &GERRIT,
        &[("password", "glpat-0123456789abcdefghij")],
        &["warning foreign-token"],
    );
}

#[test]
fn a_user_name_beside_a_token_is_remarked_only_where_the_token_is_enough() {
    for kind in ["GERRIT", "GITLAB_SERVER_LEGACY", "AWS", "FILESPACE"] {
        let said = of_row(&with(&SERVER, &[("type", kind), ("username", "jo")]));
        let is_of_name = |line: &String| line.contains("username-beside-pat");
        assert!(!said.iter().any(is_of_name), "{kind}: {said:?}");
    }
}

#[test]
fn white_space_after_literal_is_as_wrong_as_in_a_plain_cell() {
    for cell in ["literal: p", " p", "literal:\u{a0}p"] {
        says(&GITHUB, &[("pat", cell)], &["error secret-has-spaces"]);
    }
}

#[test]
fn origins_are_base_urls_or_absolute_paths() {
    says(&SERVER, &[("origin", "")], &["error missing-origin"]);
    says(
        &SERVER,
        &[("origin", "git.example.org")],
        &["error origin-not-url"],
    );
    says(
        &SERVER,
        &[("origin", "https://jo:p@git.example.org")],
        &["error origin-has-user-info"],
    );
    says(
        &SERVER,
        &[("origin", "https://git.example.org?a=b")],
        &["error origin-has-query"],
    );
    says(
        &SERVER,
        &[("origin", "git@git.example.org:a/b.git")],
        &["error origin-is-clone-url"],
    );
    says(
        &SERVER,
        &[("origin", "https://git.example.org/a/b.git")],
        &["error origin-is-clone-url"],
    );
    says(
        &SERVER,
        &[("origin", "http://git.example.org")],
        &["warning plain-http"],
    );
    says(
        &FOLDER,
        &[("origin", "repos/*")],
        &["error folder-not-absolute"],
    );
    says(
        &FOLDER,
        &[("origin", "/srv/repos")],
        &["warning folder-without-star"],
    );
    says(&FOLDER, &[("origin", r"\\server\share\*")], &[]);
    says(&FOLDER, &[("folderDepth", "")], &["note no-folder-depth"]);
    says(
        &FOLDER,
        &[("folderDepth", "6")],
        &["error folder-depth-out-of-range"],
    );
}

#[test]
fn a_folder_without_a_star_is_told_how_to_end() {
    for path in [
        "/srv/git",
        "/srv/git/",
        r"C:\repos",
        "D:/repos",
        r"\\server\share\repos",
    ] {
        let csv = format!("type,displayName,origin,folderDepth\nFILESPACE,A,{path},1\n");
        let env = Env::new().file("a.csv", csv);
        env.run(["check", "a.csv"])
            .exit(0)
            .says(&format!("`{path}` does not end in `*`"))
            .says(r"let it end in `/*` or `\*`");
    }
}

#[test]
fn settings_are_of_their_kinds() {
    for (field, cell, code) in [
        ("disabled", "perhaps", "error not-a-boolean"),
        ("maxMinsToCommitEmail", "1.5", "error not-an-integer"),
        ("projectMappingIds", "10000,ABC", "error not-an-id-list"),
        ("projectMappingIds", "1000010100", "error joined-ids"),
        ("projectKeys", "10000", "error not-a-key-list"),
        ("apiPath", "api/v4", "error api-path-not-absolute"),
        ("apiFilter", "[?archived==`false`", "error not-jmespath"),
        ("refSpecCustom", "refs/a/*", "error not-a-refspec"),
        ("tagsFilter", "v(1", "warning not-a-regex"),
        ("prHideFilter", "*wip", "warning not-a-regex"),
        (
            "disableSslVerification",
            "yes",
            "warning ssl-verification-off",
        ),
        ("sslVerify", "no", "warning ssl-verification-off"),
        ("awsRegion", "eu-west-1", "warning unused-field"),
        ("tfsCollection", "Main", "warning unused-field"),
        ("folderDepth", "2", "warning unused-field"),
    ] {
        says(&SERVER, &[(field, cell)], &[code]);
    }
    says(
        &SERVER,
        &[
            ("tagsFilter", "^v(?!0)"),
            ("refSpecCustom", "+refs/a/*:refs/a/*"),
            ("sslVerify", "yes"),
        ],
        &[],
    );
    says(&GERRIT, &[("apiPath", "/a")], &["warning unused-field"]);
    let long = format!("/{}", "x".repeat(2000));
    says(&SERVER, &[("apiPath", &long)], &["error too-long"]);
}

#[test]
fn regions_are_listed_or_at_least_shaped_like_one() {
    const AWS: [(&str, &str); 5] = [
        ("type", "AWS"),
        ("displayName", "A"),
        ("username", "KEYID"),
        ("password", "p"),
        ("awsRegion", "eu-west-1"),
    ];
    says(&AWS, &[], &[]);
    says(&AWS, &[("awsRegion", "")], &["error missing-field"]);
    says(
        &AWS,
        &[("awsRegion", "mx-central-1")],
        &["warning region-not-listed"],
    );
    says(
        &AWS,
        &[("awsRegion", "eu-wst-1")],
        &["error unknown-region"],
    );
}

#[test]
fn projects_are_named_in_one_way() {
    says(
        &GITHUB,
        &[("global", "yes"), ("projectMappingIds", "10000")],
        &["error global-with-projects"],
    );
    says(
        &GITHUB,
        &[("global", "yes"), ("projectKeys", "ABC")],
        &["error global-with-projects"],
    );
    says(
        &GITHUB,
        &[("projectMappingIds", "10000"), ("projectKeys", "ABC")],
        &["error keys-beside-ids"],
    );
    says(
        &GITHUB,
        &[("gitViewerEnabled", "yes"), ("global", "no")],
        &["warning visible-to-none"],
    );
    says(&GITHUB, &[("global", "no")], &["warning visible-to-none"]);
    says(
        &GITHUB,
        &[("gitViewerEnabled", "no"), ("global", "no")],
        &[],
    );
    let to_fill_in = [
        ("gitViewerEnabled", "yes"),
        ("global", "no"),
        ("projectKeys", "TODO"),
    ];
    says(&GITHUB, &to_fill_in, &["error placeholder"]);
    says(&GITHUB, &[("projectMapping", "ALL")], &[]);
    says(
        &GITHUB,
        &[("projectMapping", "ALL"), ("global", "no")],
        &["error global-with-projects"],
    );
}

#[test]
fn cells_that_nobody_meant_are_found() {
    for placeholder in ["changeme", "<token>", "xxxx", "TODO"] {
        says(&GITHUB, &[("pat", placeholder)], &["error placeholder"]);
    }
    says(
        &GERRIT,
        &[("username", "\u{2018}jo\u{2019}")],
        &["error smart-quote"],
    );
    says(
        &GERRIT,
        &[("password", "p\u{201d}")],
        &["error smart-quote"],
    );
    says(&GERRIT, &[("displayName", "Jo\u{2019}s reviews")], &[]);
    says(
        &GERRIT,
        &[("displayName", "zero\u{200b}width")],
        &["error invisible-character"],
    );
    says(&GERRIT, &[("displayName", " A ")], &["warning trimmed"]);
    says(&GERRIT, &[("password", " p")], &["error secret-has-spaces"]);
    says(
        &GERRIT,
        &[("displayName", "")],
        &["warning no-display-name"],
    );
}

#[test]
fn rows_are_compared_with_each_other() {
    let header = "type,displayName,origin,pat\n";
    let row = |name: &str, origin: &str| format!("GITLAB_SERVER,{name},{origin},p\n");
    let twice = format!(
        "{header}{}{}",
        row("A", "https://g.example.org"),
        row("A", "https://G.example.org:443/")
    );
    assert_eq!(found(&twice), ["error duplicate-row B3"]);
    let twins = format!(
        "{header}{}{}",
        row("A", "https://g.example.org"),
        row("B", "https://g.example.org")
    );
    assert_eq!(found(&twins), ["note same-origin C3"]);
}

#[test]
fn a_blank_origin_that_may_be_any_is_that_of_every_row_of_its_name() {
    let rows = |kind: &str, cells: &str, origins: [&str; 2]| {
        let row = |origin: &str| format!("{kind},A,{origin},{cells}\n");
        let header = "type,displayName,origin,username,password,awsRegion,pat\n";
        found(&format!("{header}{}{}", row(origins[0]), row(origins[1])))
    };
    let aws = "AKIAI44QH8DHBEXAMPLE,je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY,us-east-1,";
    let (host, other) = ("https://one.example.org", "https://two.example.org");
    for (kind, cells) in [("AWS", aws), ("VSTS", ",,,p")] {
        for origins in [[host, ""], ["", host]] {
            assert_eq!(rows(kind, cells, origins), ["error duplicate-row B3"]);
        }
        assert_eq!(rows(kind, cells, [host, other]), [""; 0]);
        // Which origin is meant is not known, and so nothing is said of it.
        assert_eq!(rows(kind, cells, ["", "one"]), ["error origin-not-url C3"]);
    }
}

#[test]
fn every_known_token_is_found_where_everyone_can_read_it() {
    for prefix in [
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "gldt-",
        "glrt-",
        "AKIA",
        "ASIA",
    ] {
        let token = format!("{prefix}0123456789abcdef");
        for field in ["displayName", "origin", "username", "tagsFilter"] {
            let found = found(&format!("type,password,{field}\nGERRIT,p,{token}\n"));
            let leak = "error secret-in-plain-field C2".to_owned();
            assert!(found.contains(&leak), "{prefix} in {field}: {found:?}");
        }
    }
}

#[test]
fn a_key_id_is_no_leaked_token_while_the_type_is_unknown() {
    let row = |kind: &str| {
        let header = "type,displayName,username,password,awsRegion\n";
        found(&format!(
            "{header}{kind},A,AKIAI44QH8DHBEXAMPLE,s3cret,us-east-1\n"
        ))
    };
    assert_eq!(row("AWSS"), ["error unknown-type A2"]);
    assert_eq!(row(""), ["error missing-type A2"]);
    assert_eq!(row("AWS"), [""; 0]);
    assert!(row("GERRIT").contains(&"error secret-in-plain-field C2".to_owned()));
}

#[test]
fn the_vendors_list_of_repositories_is_refused_with_an_explanation() {
    assert_eq!(
        found("type\trealRoot\torigin\nGIT\t/srv/a\thttps://x\n"),
        ["error repository-table -"]
    );
    assert_eq!(
        found("type,displayName,pat,delete\nGITHUB,A,p,yes\nGITHUB,B,p,\n"),
        ["error asks-to-delete D2"]
    );
    assert_eq!(
        found(
            "integrationType,displayName,pat,id,lastIndexedDate,_outcome\nGITHUB,A,p,7,1,created\n"
        ),
        [""; 0]
    );
}

#[test]
fn projects_without_global_are_a_warning() {
    for (header, cell) in [("projectKeys", "ABC"), ("projectMappingIds", "10000")] {
        says(
            &GITHUB,
            &[(header, cell)],
            &["warning projects-without-global"],
        );
        says(&GITHUB, &[(header, cell), ("global", "no")], &[]);
    }
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat,projectKeys\nGITHUB,A,p,ABC\n",
    );
    env.run(["check", "a.csv"])
        .exit(0)
        .says("--> a.csv:2 (D2)")
        .says("write `no` in the cell `global` of this row")
        // That would hide all other rows from all projects.
        .says_nothing_of("--set");
}

#[test]
fn errors_of_a_spreadsheet_are_no_text_of_a_cell() {
    for error in [
        "#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "########",
    ] {
        says(&GITHUB, &[("pat", error)], &["error cell-is-error"]);
        says(&GITHUB, &[("displayName", error)], &["error cell-is-error"]);
    }
    says(&GITHUB, &[("pat", "#n0t-an-error")], &[]);
}

#[test]
fn what_stands_for_a_missing_value_is_a_placeholder() {
    for text in [
        "-",
        "n/a",
        "N/A",
        "none",
        "?",
        "????",
        "****",
        "********",
        "see vault",
        "See Vault",
        "ask Jo",
        "tbd",
    ] {
        says(&GITHUB, &[("pat", text)], &["error placeholder"]);
        says(&GERRIT, &[("password", text)], &["error placeholder"]);
    }
    says(&GITHUB, &[("displayName", "Ask the platform team")], &[]);
    says(&GITHUB, &[("displayName", "n/a")], &["error placeholder"]);
    let env = Env::new().file("a.csv", "type,displayName,pat\nGITHUB,A,none\n");
    env.run(["check", "a.csv", "--allow", "placeholder"])
        .exit(0);
}

#[test]
fn the_address_of_a_repository_or_page_is_no_origin() {
    for origin in [
        "https://git.example.org/team/repo",
        "https://git.example.org/team/repo/tree/main",
        "https://git.example.org/a/-/b",
    ] {
        says(
            &SERVER,
            &[("origin", origin)],
            &["error origin-is-clone-url"],
        );
    }
    for (kind, origin) in [
        ("GITHUB", "https://github.com/acme"),
        ("GITHUB", "https://github.com/acme/repo"),
        ("GITLAB", "https://gitlab.com/group/repo"),
        ("AZURE", "https://dev.azure.com/acme/project/_git/repo"),
        ("AZURE", "https://dev.azure.com/acme/project"),
        ("AZURE_DEVOPS", "https://dev.azure.com/acme/project"),
        ("GITLAB_SERVER", "https://git.example.org/group/sub/repo"),
    ] {
        says(
            &GITHUB,
            &[("type", kind), ("origin", origin)],
            &["error origin-is-clone-url"],
        );
    }
    for (kind, origin) in [
        ("GITHUB", "https://api.github.com"),
        ("GITHUB_SERVER", "https://git.example.org/api/v3"),
        ("GITLAB_SERVER", "https://git.example.org/gitlab/"),
        ("AZURE", "https://dev.azure.com/acme"),
        ("AZURE_DEVOPS", "https://tfs.example.org/tfs/Main"),
    ] {
        says(&GITHUB, &[("type", kind), ("origin", origin)], &[]);
    }
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat,origin\nGITHUB_SERVER,A,p,https://git.example.org/team/repo\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("GitHub Enterprise Server needs the base URL of the host");
    env.run(["check", "a.csv", "--allow", "origin-is-clone-url"])
        .exit(0);
}

#[test]
fn the_host_of_another_vendor_is_a_warning() {
    for (kind, origin) in [
        ("GITHUB", "https://gitlab.com"),
        ("GITLAB", "https://github.com"),
        ("GITHUB_SERVER", "https://github.com"),
        ("GITLAB_SERVER", "https://dev.azure.com"),
        ("GITHUB", "https://bitbucket.org"),
        ("AZURE", "https://api.github.com"),
        ("GITHUB", "https://acme.visualstudio.com"),
    ] {
        says(
            &GITHUB,
            &[("type", kind), ("origin", origin)],
            &["warning foreign-host"],
        );
    }
    for (kind, origin) in [
        ("GITHUB", "https://github.com"),
        ("GITLAB", "https://gitlab.com"),
        ("VSTS", "https://acme.visualstudio.com"),
        ("AZURE_DEVOPS", "https://dev.azure.com/acme"),
        ("GITHUB_SERVER", "https://notgithub.com"),
    ] {
        says(&GITHUB, &[("type", kind), ("origin", origin)], &[]);
    }
}

#[test]
fn a_column_for_enabled_is_the_opposite_of_disabled() {
    for (header, cell, disabled) in [
        ("Enabled", "No", true),
        ("Active", "yes", false),
        ("Enabled (yes/no)", "no", true),
    ] {
        let env = Env::new().sandbox().file(
            "a.csv",
            format!("type,displayName,pat,{header}\nGITHUB,A,p,{cell}\n"),
        );
        env.run(["import", "a.csv", "--yes"]).exit(0);
        let bodies = env.jira().received();
        assert_eq!(bodies[0]["disabled"], disabled, "{header}");
    }
    assert_eq!(
        found("type,displayName,pat,Enabled,disabled\nGITHUB,A,p,no,no\n"),
        ["error duplicate-header E1"]
    );
}

#[test]
fn products_that_mean_one_type_are_types() {
    for (product, kind) in [
        ("GitHub Enterprise Server", "GITHUB_SERVER"),
        ("GitHub.com", "GITHUB"),
        ("gitlab self-managed", "GITLAB_SERVER"),
        ("Tracked folder", "FILESPACE"),
        ("CodeCommit", "AWS"),
    ] {
        let env = Env::new().file(
            "a.csv",
            format!("type,displayName,pat\n{product},A,\n{product},B,\n"),
        );

        let ran = env.run(["check", "a.csv"]);
        let ran = ran.says(&format!(
            "note[product-as-type]: `{product}` is read as {kind}"
        ));
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert_eq!(text.matches("product-as-type").count(), 1, "{text}");
    }
    for (product, both) in [
        ("GitHub Enterprise", ["GITHUB_SERVER", "`GITHUB`"]),
        ("Azure DevOps", ["`AZURE`", "AZURE_DEVOPS"]),
    ] {
        let env = Env::new().file("a.csv", format!("type,displayName,pat\n{product},A,p\n"));
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[unknown-type]")
            .says(both[0])
            .says(both[1]);
    }
    says(&SERVER, &[("type", "azure_devops")], &[]);
}

#[test]
fn a_row_without_a_type_is_told_what_it_probably_is() {
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat\nGITHUB,A,p\n,B,p\nTotal: 2,,\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("fill down")
        .says("total")
        .says("`--rows`");
}

#[test]
fn a_bare_host_is_told_its_url() {
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat,origin\nGITLAB_SERVER,A,p,git.example.org:8443\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("write `https://git.example.org:8443`");
}

#[test]
fn booleans_are_read_in_the_languages_that_spreadsheets_write() {
    for (yes, no) in [
        ("ja", "nein"),
        ("WAHR", "FALSCH"),
        ("oui", "non"),
        ("VRAI", "FAUX"),
        ("s\u{ed}", "no"),
        ("S\u{cd}", "NO"),
        ("Si", "No"),
        ("VERDADERO", "FALSO"),
        ("vero", "falso"),
        ("sim", "n\u{e3}o"),
        ("verdadeiro", "falso"),
        ("WAAR", "ONWAAR"),
        ("ja", "nee"),
    ] {
        says(
            &GITHUB,
            &[("disableSslVerification", yes)],
            &["warning ssl-verification-off"],
        );
        says(&GITHUB, &[("disableSslVerification", no)], &[]);
    }
    let env = Env::new().file("a.csv", "type,displayName,pat,global\nGITHUB,A,p,perhaps\n");
    env.run(["check", "a.csv"])
        .exit(3)
        .says("write `yes` or `no`");
}

#[test]
fn a_filter_is_told_how_its_mistake_is_written_right() {
    let says_of = |filter: &str, said: &str| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer
            .write_record(["type", "displayName", "pat", "apiFilter"])
            .unwrap();
        writer.write_record(["GITHUB", "A", "p", filter]).unwrap();
        let env = Env::new().file("a.csv", writer.into_inner().unwrap());
        env.run(["check", "a.csv"])
            .exit(3)
            .says("error[not-jmespath]")
            .says(said)
            .says_nothing_of("jmespath.org");
    };
    says_of("[?name==`x`]", "in single quotes: `'x'`");
    says_of(
        "[?contains(name 'x')]",
        "a comma is missing at character 17",
    );
    says_of("[?has(name, 'x')]", "there is no function `has`");
    says_of("[?Contains(name, 'x')]", "there is no function `Contains`");
    for good in [
        "[?archived==`false`]",
        "[?contains(name, 'a b') && !fork].{n: name, \"a b\": id} | [0]",
        "sort_by(@, &name)[*].name",
        "*.foo[?starts_with(a.b, 'it\\'s (fine)')]",
    ] {
        says(&GITHUB, &[("apiFilter", good)], &[]);
    }
}

#[test]
fn a_password_for_github_is_a_warning() {
    says(
        &SERVER,
        &[("pat", ""), ("username", "jo"), ("password", "p")],
        &["warning github-password"],
    );
    says(
        &SERVER,
        &[("username", "jo"), ("password", "p")],
        &["error mixed-credentials"],
    );
}

#[test]
fn a_tracked_folder_has_no_pull_requests_to_hide() {
    says(
        &FOLDER,
        &[("prHideFilter", "^wip")],
        &["warning unused-field"],
    );
}

#[test]
fn ids_under_the_header_for_keys_are_told_their_column() {
    let env = Env::new().file(
        "a.csv",
        "type,displayName,pat,global,projectKeys\nGITHUB,A,p,no,\"10000, 10100\"\n",
    );
    env.run(["check", "a.csv"])
        .exit(3)
        .says("error[not-a-key-list]")
        .says("`projectMappingIds`");
}

#[test]
fn a_placeholder_of_an_update_may_be_emptied_to_keep_what_jira_has() {
    let csv = "type,displayName,pat\nGITHUB,A,TODO\n";
    let env = Env::new().sandbox().file("a.csv", csv);
    env.run(["update", "a.csv", "--fields", "pat", "--dry-run"])
        .exit(3)
        .says("empty the cell if the row keeps the value that Jira has");
}
