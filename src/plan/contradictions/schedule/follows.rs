//! What contradicts what in what groups and agents follow.

use super::{Path, Plan, Search};
use crate::plan::model::{Agent, Follows};

impl Search<'_> {
    pub(super) fn group(&mut self, path: &Path<'_>, follows: &Follows, plan: &Plan) {
        if !self.is_written(path, "rota") {
            for key in ["rota_offset", "valid_from", "valid_until"] {
                if self.is_written(path, key) {
                    self.idle(&Path::Key(path, key), || {
                        "has no effect without `rota`, add that or remove this".to_owned()
                    });
                }
            }
        }
        if let Some(rota) = &follows.rota {
            self.offset(path, rota, follows.rota_offset, plan);
        }
        self.validity(path, follows);
    }

    pub(super) fn agent(&mut self, path: &Path<'_>, agent: &Agent, plan: &Plan) {
        let own = &agent.follows;
        if own.is_nothing() {
            return;
        }
        let groups = || agent.groups.iter().filter_map(|id| plan.groups.get(id));
        let followed = own.over(groups().map(|group| &group.follows));
        // A rota that is wrong may be any.
        let is_known = own.rota.is_some() || !self.is_written(path, "rota");
        if let Some(rota) = followed.rota {
            self.offset(path, rota, own.rota_offset, plan);
        } else if own.rota_offset.is_some() && is_known {
            self.idle(&Path::Key(path, "rota_offset"), || {
                "has no effect, as neither the agent nor a group of it has a rota: remove this".to_owned()
            });
        }
        if self.validity(path, own) {
            return;
        }
        if let (Some(from), Some(until)) = (followed.valid_from, followed.valid_until)
            && until < from
        {
            let (key, other) = if own.valid_from.is_some() {
                ("valid_from", "valid_until")
            } else {
                ("valid_until", "valid_from")
            };
            self.error(&Path::Key(path, key), || {
                format!("leaves no day together with the `{other}` of its group, {from} to {until}: change one of them")
            });
        }
    }

    fn offset(&mut self, path: &Path<'_>, rota: &str, offset: Option<u32>, plan: &Plan) {
        let Some((offset, rota)) = offset.zip(plan.rotas.get(rota)) else { return };
        let len = rota.len();
        if len > 0 && usize::try_from(offset).is_ok_and(|offset| offset >= len) {
            self.error(&Path::Key(path, "rota_offset"), || {
                let unit = if rota.weeks.is_empty() { "days" } else { "weeks" };
                format!("{offset} goes beyond the rota, which has {len} {unit}: give 0 to {}", len - 1)
            });
        }
    }

    /// Whether the dates leave no day, which is told then.
    fn validity(&mut self, path: &Path<'_>, follows: &Follows) -> bool {
        let (Some(from), Some(until)) = (follows.valid_from, follows.valid_until) else { return false };
        if until < from {
            self.error(&Path::Key(path, "valid_until"), || {
                format!("{until} is before the `valid_from` of {from}, exchange them or change one")
            });
        }
        until < from
    }
}
