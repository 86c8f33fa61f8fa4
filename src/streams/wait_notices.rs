//! What gateways are to tell those who wait, in the words of the plan and the language of the contact. Owns how texts
//! are chosen and filled in; when somebody is told is the engine's business.

use std::{cell::LazyCell, collections::BTreeMap};

use crate::{
    engine::state::State,
    gateway::convert,
    plan::{
        model::{Surge, SurgeStep, Texts, WaitMessage},
        template::{Field, fill},
    },
    proto::{
        journal as j,
        v1::{self, ContactCause, WaitNoticeKind, watch_gateway_response::Update as GatewayUpdate},
    },
};

use super::{Item, Streams, Topic};

/// Whose text is told.
struct Said<'a> {
    kind: WaitNoticeKind,
    /// None: the gateway's own words.
    message: Option<&'a WaitMessage>,
    queue: &'a str,
}

/// What is known of the wait of one who is told.
#[derive(Clone, Copy)]
struct Wait {
    ahead: u32,
    /// 0: unknown.
    expected_ms: u32,
    bound_ms: u32,
}

/// Tells the gateways of those who are told something, and who watches one of them.
pub(super) fn notice_items(
    state: &State,
    event: &j::Event,
    told: &j::WaitersTold,
    streams: &Streams,
    put: &mut impl FnMut(Topic, Item),
) {
    let (sequence, time) = (state.sequence(), convert::timestamp(state, event.at_ms));
    let mut by_gateway: BTreeMap<u32, Vec<v1::WaitNotice>> = BTreeMap::new();
    let said = said(state, told);
    // All at once: one by one each would look through all classes of the queue.
    let estimates = LazyCell::new(|| state.estimates_of(&told.contacts, event.at_ms));
    for (at, number) in told.contacts.iter().enumerate() {
        let Some(record) = state.contact(*number) else { continue };
        if streams.wanted(Topic::Contact(*number)) {
            let contact = Some(convert::contact(state, record, event.at_ms));
            let cause = ContactCause::Estimate.into();
            let message = v1::WatchContactResponse { contact, cause, sequence, time };
            put(Topic::Contact(*number), Item::Contact(message));
        }
        if let Some(said) = said.as_ref().filter(|_| streams.wanted(Topic::Gateway(record.gateway))) {
            let of = |list: &[u32]| list.get(at).copied().unwrap_or(0);
            let (expected_ms, bound_ms) = (of(&told.expected_ms), of(&told.bound_ms));
            let wait = Wait { ahead: of(&told.ahead), expected_ms, bound_ms };
            let known = (wait.ahead, expected_ms, bound_ms);
            let now = estimates.get(at).copied().flatten();
            let estimate = convert::estimate::as_told(state, record, known, now);
            let notice = v1::WaitNotice { estimate: Some(estimate), ..notice(said, record, wait) };
            by_gateway.entry(record.gateway).or_default().push(notice);
        }
    }
    for (gateway, notices) in by_gateway {
        let update = Some(GatewayUpdate::WaitNotices(v1::WaitNotices { notices }));
        put(Topic::Gateway(gateway), Item::Gateway(v1::WatchGatewayResponse { sequence, time, update }));
    }
}

/// The words of a step; none where the plan has them no more.
fn said<'a>(state: &'a State, told: &j::WaitersTold) -> Option<Said<'a>> {
    let id = state.names().id(told.queue);
    let entry = state.plan().queues.get(id)?;
    let queue = if entry.name.is_empty() { id } else { &entry.name };
    let surge = entry.surge.as_ref().and_then(|id| state.plan().surges.get(id));
    if told.closing {
        let message = surge.and_then(|surge| first_offer(surge));
        return Some(Said { kind: WaitNoticeKind::CallbackOffer, message, queue });
    }
    let applied = state.surge(told.queue)?.steps.get(told.step as usize)?.step.as_ref()?;
    let (kind, message) = match surge?.step(applied.level as usize, applied.index as usize)? {
        SurgeStep::Message(message) => (WaitNoticeKind::Message, message),
        SurgeStep::OfferCallback(message) => (WaitNoticeKind::CallbackOffer, message),
        _ => return None,
    };
    Some(Said { kind, message: Some(message), queue })
}

fn first_offer(surge: &Surge) -> Option<&WaitMessage> {
    surge.flat_steps().find_map(|(.., step)| match step {
        SurgeStep::OfferCallback(message) => Some(message),
        _ => None,
    })
}

/// But for the estimate as a message.
fn notice(said: &Said<'_>, record: &j::ContactRecord, wait: Wait) -> v1::WaitNotice {
    let known = wait.expected_ms > 0;
    let texts = said.message.map(|message| match known {
        false if !message.text_unknown.is_empty() => &message.text_unknown,
        _ => &message.text,
    });
    let (tag, text) = texts.and_then(|texts| in_language(texts, &record.language)).unwrap_or_default();
    let faq = said.message.map_or("", |message| &message.faq);
    let language = if tag == "default" { "" } else { tag };
    // A text without a language of its own is read as the contact's.
    let minutes_in = if language.is_empty() { &record.language } else { language };
    let text = fill(text, |field| match field {
        Field::Position => (u64::from(wait.ahead) + 1).to_string(),
        Field::Ahead => wait.ahead.to_string(),
        Field::Wait => minutes(wait.expected_ms, minutes_in),
        Field::WaitAtMost => minutes(wait.bound_ms, minutes_in),
        Field::Queue => said.queue.to_owned(),
        Field::Faq => faq.to_owned(),
    });
    v1::WaitNotice {
        contact_id: record.id.clone(),
        kind: said.kind.into(),
        text,
        language: language.to_owned(),
        estimate: None,
        faq: faq.to_owned(),
    }
}

/// The text in a language: by its tag, else by what the tag begins with, else the one for all others.
fn in_language<'t>(texts: &'t Texts, language: &str) -> Option<(&'t str, &'t str)> {
    let primary = language.split('-').next().unwrap_or_default();
    let same = |tag: &str| texts.iter().find(move |(key, _)| key.eq_ignore_ascii_case(tag));
    let found = [language, primary, "default"].into_iter().filter(|tag| !tag.is_empty()).find_map(same);
    found.map(|(tag, text)| (tag.as_str(), text.as_str()))
}

/// Whole minutes, upward.
fn minutes(ms: u32, language: &str) -> String {
    let minutes = ms.div_ceil(60_000).max(1);
    let is_chinese =
        language.is_empty() || language.split('-').next().is_some_and(|tag| tag.eq_ignore_ascii_case("zh"));
    if is_chinese { format!("{minutes} 分钟") } else { format!("{minutes} min") }
}

#[cfg(test)]
mod tests {
    use super::{Said, Wait, WaitMessage, WaitNoticeKind, in_language, notice};
    use crate::proto::journal::ContactRecord;

    fn message() -> WaitMessage {
        let texts = |all: &[(&str, &str)]| {
            all.iter().map(|(tag, text)| (tag.to_string(), text.to_string())).collect()
        };
        WaitMessage {
            text: texts(&[
                ("default", "{queue}：您前面还有 {ahead} 位，预计 {wait}，{wait_at_most} 以内。{faq}"),
                ("en", "No. {position}, at most {wait_at_most} {{sic}}"),
                ("pt-BR", "{wait}"),
            ]),
            text_unknown: texts(&[("default", "您前面还有 {ahead} 位。"), ("en", "{ahead} ahead")]),
            faq: "https://example.cn/faq".to_owned(),
            ..WaitMessage::default()
        }
    }

    #[test]
    fn the_nearest_language_is_taken() {
        let texts = message().text;
        for (language, tag) in [
            ("", "default"),
            ("zh-CN", "default"),
            ("en", "en"),
            ("en-GB", "en"),
            ("EN-us", "en"),
            ("pt-br", "pt-BR"),
            ("pt", "default"),
        ] {
            assert_eq!(in_language(&texts, language).map(|(tag, _)| tag), Some(tag), "{language}");
        }
    }

    #[test]
    fn texts_are_filled_in() {
        let message = message();
        let said = Said { kind: WaitNoticeKind::Message, message: Some(&message), queue: "咨询" };
        for (language, expected_ms, bound_ms, told, text) in [
            (
                "",
                60_001,
                120_001,
                "",
                "咨询：您前面还有 2 位，预计 2 分钟，3 分钟 以内。https://example.cn/faq",
            ),
            ("en-GB", 1, 59_999, "en", "No. 3, at most 1 min {sic}"),
            ("pt-BR", 180_000, 400_000, "pt-BR", "3 min"),
            ("en", 0, 0, "en", "2 ahead"),
            ("fr", 0, 0, "", "您前面还有 2 位。"),
        ] {
            let record = ContactRecord { language: language.to_owned(), ..ContactRecord::default() };
            let notice = notice(&said, &record, Wait { ahead: 2, expected_ms, bound_ms });
            assert_eq!((notice.language.as_str(), notice.text.as_str()), (told, text));
        }
        let own_words = Said { message: None, ..said };
        let notice =
            notice(&own_words, &ContactRecord::default(), Wait { ahead: 0, expected_ms: 0, bound_ms: 0 });
        assert_eq!((notice.text.as_str(), notice.faq.as_str()), ("", ""));
    }
}
