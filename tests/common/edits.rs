//! Changes of a plan in a few words: `set agents.a1.capacity=60`, `remove queues.sales`. Owns their syntax.

use kefud::{engine::command::RemovedQueuePolicy, plan};

/// A plan document that can be changed word by word.
#[derive(Debug, Clone)]
pub struct Document(toml::Table);

/// A change of the plan as asked for.
#[derive(Debug)]
pub struct Change {
    /// After the change.
    pub document: Document,
    /// For queues that are gone.
    pub policy: RemovedQueuePolicy,
    /// Expected.
    pub revision: u64,
    /// Change nothing.
    pub validate_only: bool,
}

impl Document {
    /// Reads a document.
    pub fn new(text: &str) -> Self {
        Self(text.parse().expect("a TOML document"))
    }

    /// The plan that it is.
    pub fn plan(&self) -> plan::Plan {
        let text = toml::to_string(&self.0).expect("a document");
        plan::parse(&text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"))
    }

    /// The zone of its times.
    pub fn zone(&self) -> String {
        let zone = self.0.get("settings").and_then(|settings| settings.get("zone")?.as_str());
        zone.unwrap_or("UTC").to_owned()
    }

    /// Reads a change: `set path=value`, `remove path`, `policy=refuse|end|move:queue`, `revision=n`, `dry`.
    pub fn change(&self, words: &[&str]) -> Change {
        let mut change = Change {
            document: self.clone(),
            policy: RemovedQueuePolicy::Refuse,
            revision: 0,
            validate_only: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.split_once('=') {
                None if *word == "set" => change.document.set(words.next().expect("path=value")),
                None if *word == "remove" => change.document.remove(words.next().expect("a path")),
                None if *word == "dry" => change.validate_only = true,
                Some(("policy", "refuse")) => change.policy = RemovedQueuePolicy::Refuse,
                Some(("policy", "end")) => change.policy = RemovedQueuePolicy::End,
                Some(("policy", to)) => {
                    let to = to.strip_prefix("move:").expect("move:queue");
                    change.policy = RemovedQueuePolicy::Move(to.to_owned());
                }
                Some(("revision", number)) => change.revision = number.parse().expect("a number"),
                _ => panic!("unknown word {word}"),
            }
        }
        change
    }

    fn table(&mut self, path: &[&str]) -> &mut toml::Table {
        path.iter().fold(&mut self.0, |table, key| {
            let entry = table.entry(*key).or_insert_with(|| toml::Table::new().into());
            entry.as_table_mut().expect("a table")
        })
    }

    fn set(&mut self, change: &str) {
        let (path, value) = change.split_once('=').expect("path=value");
        let path: Vec<&str> = path.split('.').collect();
        let (key, tables) = path.split_last().expect("a path");
        let mut parsed: toml::Table = format!("value = {value}").parse().expect("a TOML value");
        let value = parsed.remove("value").expect("the value");
        self.table(tables).insert((*key).to_owned(), value);
    }

    fn remove(&mut self, path: &str) {
        let path: Vec<&str> = path.split('.').collect();
        let (key, tables) = path.split_last().expect("a path");
        self.table(tables).remove(*key).expect("something to remove");
    }
}
