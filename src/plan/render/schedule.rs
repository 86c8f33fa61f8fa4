//! Writes what a plan says of working time.

use std::fmt::{Display, Write};

use super::{Writer, write_key, write_text};
use crate::{
    plan::{
        entry::EntryKind,
        model::{Calendar, Channel, ChannelKind, DayShifts, Follows, Plan, Queue, Rota, RotaWeek, Shift},
        when::format_span,
        words::{AGEING, AT_SHIFT_END, CLOSED, CLOSING, word},
    },
    schedule::Span,
};

impl Writer {
    pub(super) fn schedules(&mut self, plan: &Plan) {
        self.entries(EntryKind::Holidays, &plan.holidays, |out, holidays| {
            out.name(&holidays.name);
            if !holidays.source.is_empty() {
                out.text("source", &holidays.source);
            }
            for (key, dates) in [("off", &holidays.off), ("work", &holidays.work)] {
                for (range, name) in dates {
                    out.key_of(key, range);
                    let _ = write_text(&mut out.0, name);
                    out.0.push('\n');
                }
            }
        });
        self.entries(EntryKind::Calendar, &plan.calendars, |out, calendar| out.calendar(calendar));
        self.entries(EntryKind::Shift, &plan.shifts, |out, shift| out.shift(shift));
        self.entries(EntryKind::Rota, &plan.rotas, |out, rota| out.rota(rota));
    }

    fn calendar(&mut self, calendar: &Calendar) {
        self.name(&calendar.name);
        self.optional_text("zone", calendar.zone.as_deref());
        self.optional_text("holidays", calendar.holidays.as_deref());
        for (kind, spans) in &calendar.hours {
            self.key_of("hours", &kind.word());
            self.spans(spans);
        }
        for (range, spans) in &calendar.days {
            self.key_of("days", range);
            self.spans(spans);
        }
    }

    fn shift(&mut self, shift: &Shift) {
        self.name(&shift.name);
        self.0.push_str("at = ");
        self.spans(&shift.at);
        if !shift.breaks.is_empty() {
            self.0.push_str("breaks = ");
            self.spans(&shift.breaks);
        }
        for (index, activity) in shift.activities.iter().enumerate() {
            self.0.push_str(if index == 0 { "activities = [\n" } else { "" });
            let _ = write!(self.0, "    {{ at = \"{}\", channels = ", format_span(activity.at));
            self.texts(&activity.channels);
            self.0.push_str(" },\n");
        }
        if !shift.activities.is_empty() {
            self.0.push_str("]\n");
        }
    }

    fn rota(&mut self, rota: &Rota) {
        self.name(&rota.name);
        self.optional_text("zone", rota.zone.as_deref());
        self.optional_text("holidays", rota.holidays.as_deref());
        if let Some(day) = rota.from {
            self.text("from", &day.to_string());
        }
        if !rota.weeks.is_empty() {
            self.0.push_str("weeks = [\n");
            rota.weeks.iter().for_each(|week| self.week(week));
            self.0.push_str("]\n");
        }
        if !rota.cycle.is_empty() {
            self.0.push_str("cycle = [");
            for (index, shifts) in rota.cycle.iter().enumerate() {
                self.0.push_str(if index == 0 { "" } else { ", " });
                self.day_shifts(shifts);
            }
            self.0.push_str("]\n");
        }
        for (key, shifts) in [("on_holiday", &rota.on_holiday), ("on_makeup", &rota.on_makeup)] {
            if let Some(shifts) = shifts {
                let _ = write!(self.0, "{key} = ");
                self.day_shifts(shifts);
                self.0.push('\n');
            }
        }
    }

    /// One line a week.
    fn week(&mut self, week: &RotaWeek) {
        self.0.push_str("    {");
        for (index, (kind, shifts)) in week.iter().enumerate() {
            let _ = write!(self.0, "{} {} = ", if index == 0 { "" } else { "," }, kind.word());
            self.day_shifts(shifts);
        }
        self.0.push_str(" },\n");
    }

    fn day_shifts(&mut self, DayShifts(shifts): &DayShifts) {
        let _ = match &shifts[..] {
            [] => write_text(&mut self.0, ""),
            [shift] => write_text(&mut self.0, shift),
            shifts => {
                self.texts(shifts);
                Ok(())
            }
        };
    }

    pub(super) fn channel_hours(&mut self, channel: &Channel) {
        self.duration("break_lead", channel.break_lead_ms);
        self.duration("end_lead", channel.end_lead_ms);
        if channel.kind != ChannelKind::Realtime {
            self.text("at_shift_end", word(&AT_SHIFT_END, &channel.at_shift_end));
        }
    }

    pub(super) fn queue_hours(&mut self, queue: &Queue) {
        self.optional_text("calendar", queue.calendar.as_deref());
        self.optional_text("closed", queue.closed.as_ref().map(|policy| word(&CLOSED, policy)));
        self.optional_text("closed_queue", queue.closed_queue.as_deref());
        self.text("closing", word(&CLOSING, &queue.closing));
        self.optional_text("closing_queue", queue.closing_queue.as_deref());
        self.optional_text("ageing", queue.ageing.as_ref().map(|ageing| word(&AGEING, ageing)));
    }

    pub(super) fn follows(&mut self, follows: &Follows) {
        self.optional_text("rota", follows.rota.as_deref());
        if let Some(offset) = follows.rota_offset {
            self.value("rota_offset", offset);
        }
        for (key, day) in [("valid_from", follows.valid_from), ("valid_until", follows.valid_until)] {
            self.optional_text(key, day.map(|day| day.to_string()).as_deref());
        }
    }

    fn optional_text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    /// The beginning of a line for a key of a table.
    fn key_of(&mut self, table: &str, key: &impl Display) {
        let _ = write!(self.0, "{table}.");
        let _ = write_key(&mut self.0, &key.to_string());
        self.0.push_str(" = ");
    }

    fn spans(&mut self, spans: &[Span]) {
        self.span_list(spans);
        self.0.push('\n');
    }

    pub(super) fn span_list(&mut self, spans: &[Span]) {
        let spans: Vec<String> = spans.iter().map(|span| format_span(*span)).collect();
        self.texts(&spans);
    }

    /// A list, which may be empty.
    fn texts(&mut self, texts: &[String]) {
        if texts.is_empty() {
            self.0.push_str("[]");
        } else {
            self.array(texts);
        }
    }
}
