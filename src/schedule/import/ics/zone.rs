//! Zones of calendars, by the names that other programs have for them.

use super::{
    super::{Fault, RowZone},
    Desk,
};

/// Zones by the names that Windows has for them: those of most people.
const WINDOWS: [(&str, &str); 24] = [
    ("AUS Eastern Standard Time", "Australia/Sydney"),
    ("Arabian Standard Time", "Asia/Dubai"),
    ("Central America Standard Time", "America/Guatemala"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("Central Standard Time", "America/Chicago"),
    ("China Standard Time", "Asia/Shanghai"),
    ("E. South America Standard Time", "America/Sao_Paulo"),
    ("Eastern Standard Time", "America/New_York"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("GMT Standard Time", "Europe/London"),
    ("GTB Standard Time", "Europe/Bucharest"),
    ("India Standard Time", "Asia/Kolkata"),
    ("Korea Standard Time", "Asia/Seoul"),
    ("Mountain Standard Time", "America/Denver"),
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Russian Standard Time", "Europe/Moscow"),
    ("SE Asia Standard Time", "Asia/Bangkok"),
    ("Singapore Standard Time", "Asia/Singapore"),
    ("Taipei Standard Time", "Asia/Taipei"),
    ("Tokyo Standard Time", "Asia/Tokyo"),
    ("UTC", "UTC"),
    ("W. Europe Standard Time", "Europe/Berlin"),
];

impl Desk<'_, '_> {
    /// The zone of a TZID.
    pub(super) fn zone(&mut self, name: &str) -> Result<RowZone, Fault> {
        let plain = name.trim_start_matches('/');
        let windows =
            WINDOWS.iter().find(|(windows, _)| windows.eq_ignore_ascii_case(name)).map(|(_, zone)| *zone);
        let outside = self.calendar.zones.get(name).map(String::as_str).filter(|name| !name.is_empty());
        // "/mozilla.org/20050126_1/Europe/Berlin"
        let tail = plain.rmatch_indices('/').nth(1).map(|(at, _)| &plain[at + 1..]);
        let candidates = [Some(plain), outside, windows, tail];
        if let Some(zone) = candidates.into_iter().flatten().find_map(|name| self.reader.zone_of(name).ok()) {
            return Ok(zone);
        }
        let fault = self.reader.zone_of(name).err().unwrap_or_else(|| Fault::new("is no time zone"));
        if self.calendar.zones.contains_key(name) {
            let problem = format!("{}, and its VTIMEZONE names none: its rules are not used", fault.problem);
            let suggestion = if fault.suggestion.is_empty() {
                "X-LIC-LOCATION:Asia/Shanghai".to_owned()
            } else {
                fault.suggestion
            };
            return Err(Fault { problem, suggestion });
        }
        Err(fault)
    }

    /// The zone of times that name none, as the calendar says, unless who imports has said another.
    pub(super) fn floating(&mut self) {
        let Some(prop) = &self.calendar.zone else { return };
        let said = self.reader.context.zone;
        let counts = self.reader.zone.zone.name().to_owned();
        let problem = match self.zone(&prop.value) {
            // The tenant's own stays without a name, as in calendars that say nothing.
            Ok(zone) if zone.name == counts => return,
            Ok(zone) if said.is_empty() => {
                self.reader.zone = zone;
                return;
            }
            Ok(zone) => Fault::new(format!("says {}; times without a zone count as of {counts}", zone.name)),
            Err(fault) => {
                let problem = format!("{}; times without a zone count as of {counts}", fault.problem);
                Fault { problem, ..fault }
            }
        };
        self.reader.warnings.fault(prop.line, "X-WR-TIMEZONE", problem);
    }
}
