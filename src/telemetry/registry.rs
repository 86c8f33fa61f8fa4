//! The recorder and the handles that it gives out.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use metrics::{Counter, Gauge, Histogram, Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use super::{
    definition::{Definition, Kind},
    names,
};

const METADATA: Metadata<'static> = Metadata::new("kefud", Level::INFO, None);

/// A recorder of its own, never installed as the process's.
#[derive(Clone)]
pub struct Registry {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
}

impl Registry {
    /// An empty one that knows every metric's buckets and description.
    #[expect(clippy::expect_used, reason = "not input: the buckets are constants, and a test makes one")]
    pub fn new() -> Self {
        let builder = names::all()
            .filter(|metric| metric.kind == Kind::Histogram)
            .try_fold(PrometheusBuilder::new(), |builder, metric| {
                builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), metric.buckets)
            })
            .expect("every histogram is defined with buckets");
        let recorder = builder.build_recorder();
        for metric in names::all() {
            let (name, unit, help) = (metric.name.into(), Some(metric.unit), metric.help.into());
            match metric.kind {
                Kind::Counter => recorder.describe_counter(name, unit, help),
                Kind::Gauge => recorder.describe_gauge(name, unit, help),
                Kind::Histogram => recorder.describe_histogram(name, unit, help),
            }
        }
        let handle = recorder.handle();
        Self { recorder: Arc::new(recorder), handle }
    }

    /// The handle of a counter with these values of its labels, in the definition's order.
    pub fn counter(&self, metric: &Definition, values: &[&str]) -> Counter {
        self.recorder.register_counter(&key(metric, values), &METADATA)
    }

    /// The handle of a gauge.
    pub fn gauge(&self, metric: &Definition, values: &[&str]) -> Gauge {
        self.recorder.register_gauge(&key(metric, values), &METADATA)
    }

    /// The handle of a histogram.
    pub fn histogram(&self, metric: &Definition, values: &[&str]) -> Histogram {
        self.recorder.register_histogram(&key(metric, values), &METADATA)
    }

    /// Everything as text.
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Gathers the samples of histograms.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Registry").finish_non_exhaustive()
    }
}

fn key(metric: &Definition, values: &[&str]) -> Key {
    debug_assert_eq!(metric.labels.len(), values.len(), "{}", metric.name);
    let labels = metric.labels.iter().zip(values);
    Key::from_parts(
        metric.name,
        labels.map(|(name, value)| Label::new(*name, (*value).to_owned())).collect::<Vec<_>>(),
    )
}

/// Handles of one metric by the value of its last label, which is one of a few words of the code. A
/// handle is made when its word is first met.
pub struct Family<T> {
    handles: RwLock<Vec<(&'static str, T)>>,
}

impl<T: Clone> Family<T> {
    /// The handle of a word, made by `make` at first.
    pub fn get(&self, word: &'static str, make: impl FnOnce() -> T) -> T {
        let known = self.handles.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, handle)) = known.iter().find(|(known, _)| *known == word) {
            return handle.clone();
        }
        drop(known);
        // Two callers may both get here; the recorder gives both the same handle.
        let handle = make();
        let mut handles = self.handles.write().unwrap_or_else(PoisonError::into_inner);
        if !handles.iter().any(|(known, _)| *known == word) {
            handles.push((word, handle.clone()));
        }
        handle
    }

    /// Every handle made so far.
    pub fn all(&self) -> Vec<(&'static str, T)> {
        self.handles.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<T> Default for Family<T> {
    fn default() -> Self {
        Self { handles: RwLock::default() }
    }
}
