//! The plan of an undo, as it is shown.

use serde::Serialize;

use super::context::write_json;
use super::exit::{Exit, Failure};
use super::undo::Undoing;
use crate::engine::{Fate, UndoneRow};
use crate::model::RemoteIntegration;
use crate::render::{Target, UndoPlan, undo_plan as plan_text};

/// A row of the plan of an undo, in the document of `--format json`.
#[derive(Serialize)]
struct PlanRow {
    row: String,
    id: i64,
    action: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct PlanDocument {
    run: String,
    in_doubt: u64,
    plan: Vec<PlanRow>,
}

impl Undoing<'_> {
    pub(super) fn dry_run(
        &self,
        list: &[RemoteIntegration],
        target: &Target,
    ) -> Result<Exit, Failure> {
        let Self { run, context, .. } = self;
        let plan = self.plan(list);
        if context.is_json {
            let rows = plan.iter().map(|undone| PlanRow {
                row: run.place_of(undone.n),
                id: undone.id,
                action: match undone.fate {
                    Fate::Delete => "remove",
                    Fate::LeaveAlone(_) => "leave_alone",
                    Fate::AlreadyGone => "not_listed",
                },
                reason: match &undone.fate {
                    Fate::LeaveAlone(why) => Some(why.clone()),
                    _ => None,
                },
            });
            let shown = PlanDocument {
                run: run.id().to_owned(),
                in_doubt: run.state().totals().in_doubt,
                plan: rows.collect(),
            };
            write_json(&shown)?;
        } else {
            context.screen.result(&self.plan_text(&plan, target));
            context.screen.result("dry run: nothing was removed\n");
            let undo = run.next(&context.given, "undo");
            context.next(&format!("remove them:\n  {undo}"));
        }
        Ok(Exit::Done)
    }

    pub(super) fn plan_text(&self, plan: &[UndoneRow], target: &Target) -> String {
        let run = &self.run;
        let mut shown = UndoPlan {
            in_doubt: run.state().totals().in_doubt,
            ..UndoPlan::default()
        };
        for undone in plan {
            let row = run.state().row(undone.n);
            let name = row.and_then(|row| row.name.as_deref());
            let name = name.unwrap_or("(no display name)");
            let line = format!("{}  {name}  id {}", run.place_of(undone.n), undone.id);
            match &undone.fate {
                Fate::Delete => shown.removed.push(line),
                Fate::LeaveAlone(why) => {
                    shown.left_alone.entry(why.clone()).or_default().push(line);
                }
                Fate::AlreadyGone if self.args.dry_run => shown.not_listed.push(line),
                Fate::AlreadyGone => shown.already_gone.push(line),
            }
        }
        plan_text(&shown, run.id(), target)
    }
}
