//! Shifts, weeks, cycles, and who follows them from when.

use crate::agent;

const SHANGHAI: &str = r#"
settings.zone = "Asia/Shanghai"
holidays.cn.off."2026-10-01..2026-10-07" = "国庆节"
holidays.cn.work."2026-10-10" = "国庆节"
shifts.day.at = ["09:00-18:00"]
shifts.late.at = ["14:00-22:00"]
shifts.night.at = ["22:00-06:00"]
shifts.short.at = ["10:00-12:00"]
"#;

fn rules(more: &str) -> String {
    format!("{SHANGHAI}{more}")
}

#[test]
fn a_shift_is_split_has_breaks_and_activities() {
    agent(
        r#"
settings.zone = "Asia/Shanghai"
shifts.s.at = ["08:00-12:00", "17:00-21:00"]
shifts.s.breaks = ["10:00-10:15", "18:00-18:30"]
shifts.s.activities = [{ at = "08:00-09:00", channels = ["email", "wechat"] }, { at = "20:00-21:00", channels = [] }]
rotas.r.weeks = [{ mon = "s" }]
"#,
        "",
        "
        2026-10-12T00:00+08:00 off
        2026-10-12T08:00+08:00 on email|wechat
        2026-10-12T09:00+08:00 on
        2026-10-12T10:00+08:00 break
        2026-10-12T10:15+08:00 on
        2026-10-12T12:00+08:00 off
        2026-10-12T17:00+08:00 on
        2026-10-12T18:00+08:00 break
        2026-10-12T18:30+08:00 on
        2026-10-12T20:00+08:00 on nothing
        2026-10-12T21:00+08:00 off
        2026-10-19T08:00+08:00 on email|wechat",
    );
}

#[test]
fn breaks_after_midnight_are_of_the_day_before() {
    agent(
        r#"
settings.zone = "Asia/Shanghai"
shifts.s.at = ["22:00-06:00"]
shifts.s.breaks = ["02:00-02:30"]
rotas.r.weeks = [{ sat = "s" }]
"#,
        "",
        "
        2026-10-10T12:00+08:00 off
        2026-10-10T22:00+08:00 on
        2026-10-11T02:00+08:00 break
        2026-10-11T02:30+08:00 on
        2026-10-11T06:00+08:00 off
        2026-10-17T22:00+08:00 on",
    );
}

#[test]
fn a_makeup_day_is_worked_as_a_monday_and_a_holiday_is_not() {
    agent(
        &rules("rotas.r = { holidays = \"cn\", weeks = [{ mon = \"late\", tue-fri = \"day\" }] }\n"),
        "",
        "
        2026-09-30T00:00+08:00 off
        2026-09-30T09:00+08:00 on
        2026-09-30T18:00+08:00 off
        2026-10-08T09:00+08:00 on
        2026-10-08T18:00+08:00 off
        2026-10-09T09:00+08:00 on
        2026-10-09T18:00+08:00 off
        2026-10-10T14:00+08:00 on
        2026-10-10T22:00+08:00 off
        2026-10-12T14:00+08:00 on",
    );
}

#[test]
fn the_night_before_a_holiday_ends_on_it() {
    agent(
        &rules(
            "rotas.r = { holidays = \"cn\", weeks = [{ mon-fri = \"night\", holiday = \"short\", makeup = \"day\" }] }\n",
        ),
        "",
        "
        2026-09-30T12:00+08:00 off
        2026-09-30T22:00+08:00 on
        2026-10-01T06:00+08:00 off
        2026-10-01T10:00+08:00 on
        2026-10-01T12:00+08:00 off",
    );
}

#[test]
fn three_weeks_go_round() {
    agent(
        &rules(
            "rotas.r = { from = \"2026-10-12\", weeks = [{ mon = \"day\" }, { mon = \"late\" }, { mon = \"night\" }] }\nagents.a.rota_offset = 1\n",
        ),
        "",
        "
        2026-10-05T00:00+08:00 off
        2026-10-05T09:00+08:00 on
        2026-10-05T18:00+08:00 off
        2026-10-12T14:00+08:00 on
        2026-10-12T22:00+08:00 off
        2026-10-19T22:00+08:00 on
        2026-10-20T06:00+08:00 off
        2026-10-26T09:00+08:00 on",
    );
}

#[test]
fn four_days_on_and_two_off_through_holidays() {
    let cycle = "rotas.r.cycle = [\"short\", \"short\", \"short\", \"short\", \"\", \"\"]\nrotas.r.from = \"2026-09-29\"\n";
    agent(
        &rules(cycle),
        "",
        "
        2026-10-01T10:00+08:00 on
        2026-10-01T12:00+08:00 off
        2026-10-02T10:00+08:00 on
        2026-10-02T12:00+08:00 off
        2026-10-05T10:00+08:00 on",
    );
    agent(
        &rules(&format!(
            "{cycle}rotas.r.holidays = \"cn\"\nrotas.r.on_holiday = \"\"\nrotas.r.on_makeup = \"day\"\n"
        )),
        "",
        "
        2026-09-30T10:00+08:00 on
        2026-09-30T12:00+08:00 off
        2026-10-08T10:00+08:00 on
        2026-10-08T12:00+08:00 off
        2026-10-10T09:00+08:00 on
        2026-10-10T18:00+08:00 off
        2026-10-11T10:00+08:00 on",
    );
}

#[test]
fn a_day_can_have_several_shifts() {
    agent(
        &rules("rotas.r.weeks = [{ mon = [\"short\", \"late\"] }]\n"),
        "",
        "
        2026-10-12T10:00+08:00 on
        2026-10-12T12:00+08:00 off
        2026-10-12T14:00+08:00 on
        2026-10-12T22:00+08:00 off
        2026-10-19T10:00+08:00 on",
    );
}

#[test]
fn a_group_s_rota_and_dates_count_unless_the_agent_has_its_own() {
    let groups = "rotas.x.weeks = [{ all = \"short\" }]\nrotas.y.weeks = [{ all = \"late\" }]\ngroups.h.rota = \"x\"\ngroups.i.rota = \"y\"\n";
    let base = rules(groups);
    for (own, expected) in [
        ("", "2026-10-12T00:00+08:00 off\n2026-10-12T10:00+08:00 on"),
        ("agents.a.rota = \"y\"\n", "2026-10-12T00:00+08:00 off\n2026-10-12T14:00+08:00 on"),
        ("agents.a.rota = \"\"\n", "2026-10-12T00:00+08:00 unscheduled\nnever"),
        ("groups.h.valid_from = \"2026-10-15\"\n", "2026-10-12T00:00+08:00 off\n2026-10-15T10:00+08:00 on"),
        (
            "groups.h.valid_from = \"2026-10-15\"\nagents.a.valid_from = \"2026-10-14\"\n",
            "2026-10-12T00:00+08:00 off\n2026-10-14T10:00+08:00 on",
        ),
        (
            "agents.a.valid_until = \"2026-10-12\"\n",
            "2026-10-12T10:00+08:00 on\n2026-10-12T12:00+08:00 off\nnever",
        ),
    ] {
        agent(&format!("{base}{own}"), "", expected);
    }
}
