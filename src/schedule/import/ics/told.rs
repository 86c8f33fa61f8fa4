//! For whom an event is, and what it says.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    super::{
        Fault, WORDS, csv, kind_of,
        lines::{Event, Prop},
        nearest, word_of,
    },
    Desk, Wrong, wrong,
};
use crate::schedule::DatedKind;

pub(super) struct Told {
    /// None, if all have declined.
    pub agents: Vec<Arc<str>>,
    pub kind: DatedKind,
    pub channels: Option<Vec<String>>,
    pub reason: String,
}

impl Desk<'_, '_> {
    /// For whom it is, and what.
    pub(super) fn told(&mut self, event: &Event, parent: &Event) -> Result<Told, Wrong> {
        let (agents, named) = self.agents(event, parent)?;
        let find = |name: &str| event.get(name).or_else(|| parent.get(name));
        let kind = match find("X-KEFUD-KIND") {
            Some(prop) => kind_of(&prop.value).ok_or_else(|| wrong(prop, csv::no_kind(&prop.value)))?,
            None => self.categorized(if event.get("CATEGORIES").is_some() { event } else { parent }),
        };
        let channels = match find("X-KEFUD-CHANNELS") {
            Some(prop) if kind != DatedKind::Extra => {
                return Err(wrong(
                    prop,
                    Fault::nearest("only an extra names channels", "X-KEFUD-KIND:extra"),
                ));
            }
            Some(prop) => Some(self.reader.channels(&prop.value).map_err(|fault| wrong(prop, fault))?),
            None => None,
        };
        let channels = channels.filter(|channels| !channels.is_empty());
        let reason = find("SUMMARY").map(|prop| prop.value.clone());
        let reason = reason.filter(|reason| Some(reason) != named.as_ref()).unwrap_or_default();
        Ok(Told { agents, kind, channels, reason })
    }

    /// The kind by the first category that is known. Of those that aren't each is told once, should they be all that
    /// an event has.
    fn categorized(&mut self, event: &Event) -> DatedKind {
        let words =
            || event.all("CATEGORIES").flat_map(|prop| prop.value.split(',').map(move |word| (prop, word)));
        if let Some(kind) = words().find_map(|(_, word)| word_of(word)) {
            return kind;
        }
        for (prop, word) in words().filter(|(_, word)| !word.trim().is_empty()) {
            let word = word.trim();
            if self.categories.insert(word.to_lowercase()) {
                let near = nearest(word, WORDS.into_iter().map(|(known, _)| known)).unwrap_or_default();
                let word: String = word.chars().take(64).collect();
                let problem = format!("`{word}` says no kind: its events are taken for shifts");
                self.reader.warnings.fault(
                    prop.line,
                    "CATEGORIES",
                    Fault::nearest(problem, near.to_uppercase()),
                );
            }
        }
        DatedKind::Shift
    }

    /// The agents; and the summary, if it is what names one. Who has declined is left out.
    fn agents(&mut self, event: &Event, parent: &Event) -> Result<(Vec<Arc<str>>, Option<String>), Wrong> {
        for of in [event, parent] {
            let mut agents = Vec::new();
            for prop in of.all("X-KEFUD-AGENT") {
                for id in prop.value.split(',').map(str::trim) {
                    agents.push(self.reader.agent(id).map_err(|fault| wrong(prop, fault))?);
                }
            }
            for prop in of.all("X-KEFUD-GROUP") {
                agents.extend(self.reader.group(prop.value.trim()).map_err(|fault| wrong(prop, fault))?);
            }
            let declined = |prop: &&Prop| {
                prop.param("PARTSTAT").is_some_and(|status| status.eq_ignore_ascii_case("DECLINED"))
            };
            if agents.is_empty() {
                for prop in of.all("ATTENDEE").filter(|prop| !declined(prop)) {
                    let agent = self.agent_id(&prop.value).to_owned();
                    agents.push(self.reader.agent(&agent).map_err(|fault| wrong(prop, fault))?);
                }
            }
            let gone = of.all("ATTENDEE").filter(declined);
            let gone: BTreeSet<String> = gone.map(|prop| self.leave_out(prop)).collect();
            if agents.is_empty() && !gone.is_empty() {
                return Ok((Vec::new(), None));
            }
            if let (true, Some(prop)) = (agents.is_empty(), of.get("SUMMARY"))
                && let Some((id, _)) = self.reader.context.plan.agents.get_key_value(&prop.value)
            {
                return Ok((vec![id.as_str().into()], Some(prop.value.clone())));
            }
            if !agents.is_empty() {
                agents.retain(|agent| !gone.contains(&**agent));
                agents.sort_unstable();
                agents.dedup();
                return Ok((agents, None));
            }
        }
        let problem =
            "names no agent: neither X-KEFUD-AGENT, X-KEFUD-GROUP nor ATTENDEE, nor is the SUMMARY one";
        Err((event.line, String::new(), Fault::nearest(problem, "X-KEFUD-AGENT:a1001")))
    }

    /// Tells of somebody who has declined. Returns the agent's id.
    fn leave_out(&mut self, prop: &Prop) -> String {
        let agent = self.agent_id(&prop.value).to_owned();
        let shown: String = agent.chars().take(64).collect();
        let problem = format!("{shown} has declined: left out");
        self.reader.warnings.fault(prop.line, "ATTENDEE", Fault::new(problem));
        agent
    }

    /// The agent's id that an address has: all of it, or what is before the @.
    fn agent_id<'a>(&self, address: &'a str) -> &'a str {
        let plain = match address.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &address[7..],
            _ => address,
        };
        let known = self.reader.context.plan.agents.contains_key(plain);
        if known { plain } else { plain.split('@').next().unwrap_or(plain) }
    }
}
