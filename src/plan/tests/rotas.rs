//! What is told of rotas, and of who follows them.

use super::told;

/// Shifts and holidays; what a test adds starts on line 22.
const SHIFTS: &str = r#"[shifts.early]
at = ["07:00-15:00"]
[shifts.late]
at = ["14:00-22:00"]
[shifts.night]
at = ["22:00-08:00"]
[shifts.lunch]
at = ["12:00-13:00"]
[holidays.cn]
"#;

#[track_caller]
fn rota(fields: &str, errors: &[&str]) {
    told(&format!("{SHIFTS}[rotas.r]\n{fields}"), errors);
}

#[track_caller]
fn follows(addition: &str, errors: &[&str]) {
    let rotas = "[rotas.w]\nfrom = \"2026-01-05\"\nweeks = [{ mon = \"early\" }, {}]\n[rotas.c]\nfrom = \"2026-01-01\"\ncycle = [\"early\", \"early\", \"\"]\n";
    told(&format!("{SHIFTS}{rotas}{addition}"), errors);
}

#[test]
fn values() {
    rota(
        r#"zone = "Asia/Beijing"
holidays = "us"
from = 2026-01-05
weeks = [{ mon-fri = "erly", tue = "early", sat = ["early", "early", 5], sunday = "" }, 7, { mon = 5 }]
on_holiday = 1
frm = "2026-01-05"
"#,
        &[
            "23:8 rotas.r.zone: there is no time zone `Asia/Beijing`, did you mean `Asia/Shanghai`?",
            "24:12 rotas.r.holidays: there is no holiday set `us`: add it or name another holiday set",
            "25:8 rotas.r.from: is a datetime, give a date in quotes such as \"2026-10-01\"",
            "26:22 rotas.r.weeks[0].mon-fri: there is no shift `erly`, did you mean `early`?",
            "26:30 rotas.r.weeks[0].tue: says of `tue` what `mon-fri` has said, keep one of them",
            "26:61 rotas.r.weeks[0].sat[1]: `early` is listed twice, keep one of them",
            "26:70 rotas.r.weeks[0].sat[2]: is an integer, give an id in quotes",
            "26:74 rotas.r.weeks[0].sunday: there is no such day as `sunday`, write sun",
            "26:89 rotas.r.weeks[1]: is an integer, give a table of shifts such as { mon-fri = \"some_id\" }",
            "26:100 rotas.r.weeks[2].mon: is an integer, give the id of a shift, a list of them, or \"\" for a day off",
            "27:14 rotas.r.on_holiday: is an integer, give the id of a shift, a list of them, or \"\" for a day off",
            "27:14 rotas.r.on_holiday: is for cycles, write `holiday` in each of the weeks instead",
            "28:1 rotas.r.frm: unknown key `frm`, did you mean `from`?",
        ],
    );
    rota(
        "weeks = \"early\"\n",
        &["23:9 rotas.r.weeks: is a string, give a list of weeks such as [{ mon-fri = \"some_id\" }]"],
    );
    rota(
        "from = \"2026-1-1\"\ncycle = { a = 1 }\n",
        &[
            "23:8 rotas.r.from: `2026-1-1` is not a date, write 2026-01-01",
            "24:9 rotas.r.cycle: is a table, give a list of shifts by day such as [\"some_id\", \"some_id\", \"\"]",
        ],
    );
}

#[test]
fn weeks_or_a_cycle() {
    rota("", &["22:8 rotas.r: has no days, give it `weeks` or `cycle`"]);
    rota("weeks = []\n", &["23:9 rotas.r.weeks: is empty, give it at least one week"]);
    rota("cycle = []\n", &["23:9 rotas.r.cycle: is empty, give it at least one day"]);
    rota(
        "from = \"2026-01-05\"\nweeks = [{ mon = \"early\" }]\ncycle = [\"early\"]\n",
        &["25:9 rotas.r.cycle: can't stand beside `weeks`, remove one of them"],
    );
    rota("weeks = [{}]\n", &[]);
}

#[test]
fn where_a_rota_begins() {
    rota("from = \"2026-01-05\"\nweeks = [{}, {}]\n", &[]);
    rota("from = \"2026-01-07\"\ncycle = [\"early\", \"\"]\n", &[]);
    rota("weeks = [{}, {}]\n", &["22:8 rotas.r.from: is missing, give the Monday of its first week"]);
    rota("cycle = [\"\"]\n", &["22:8 rotas.r.from: is missing, give its first day"]);
    rota(
        "from = \"2026-01-07\"\nweeks = [{}, {}]\n",
        &["23:8 rotas.r.from: 2026-01-07 is no Monday, when weeks begin: write 2026-01-05 or 2026-01-12"],
    );
    rota(
        "from = \"2026-01-05\"\nweeks = [{}]\n",
        &["23:8 rotas.r.from: has no effect with one week, remove it"],
    );
    // It may be in the line that is unreadable.
    rota("from = 2026-01-x\nweeks = [{}, {}]\n", &["23:8 syntax: invalid date, expected day"]);
}

#[test]
fn holidays_of_rotas() {
    rota(
        "holidays = \"cn\"\nfrom = \"2026-01-01\"\ncycle = [\"early\"]\non_holiday = \"\"\non_makeup = [\"early\", \"late\"]\n",
        &["27:13 rotas.r.on_makeup: shifts `early` and `late` overlap, change one of them"],
    );
    rota(
        "from = \"2026-01-01\"\ncycle = [\"early\"]\non_holiday = \"\"\non_makeup = \"early\"\n",
        &[
            "25:14 rotas.r.on_holiday: has no effect without `holidays`, add that or remove this",
            "26:13 rotas.r.on_makeup: has no effect without `holidays`, add that or remove this",
        ],
    );
    rota(
        "holidays = \"cn\"\nweeks = [{ holiday = \"early\", makeup = \"late\" }]\non_makeup = \"early\"\n",
        &["25:13 rotas.r.on_makeup: is for cycles, write `makeup` in each of the weeks instead"],
    );
    rota(
        "weeks = [{ mon = \"early\", makeup = [\"early\", \"late\"] }]\n",
        &[
            "23:36 rotas.r.weeks[0].makeup: has no effect without `holidays`, add that or remove this",
            "23:36 rotas.r.weeks[0].makeup: shifts `early` and `late` overlap, change one of them",
        ],
    );
}

#[test]
fn shifts_that_follow_each_other_stay_apart() {
    rota(
        "weeks = [{ mon-fri = \"early\", sat = [\"late\", \"night\"], sun = [\"lunch\", \"late\"] }]\n",
        &[],
    );
    rota(
        "weeks = [{ mon-thu = [\"early\", \"lunch\"], sat = [\"late\", \"early\"] }]\n",
        &[
            "23:22 rotas.r.weeks[0].mon-thu: shifts `early` and `lunch` overlap, change one of them",
            "23:48 rotas.r.weeks[0].sat: shifts `early` and `late` overlap, change one of them",
        ],
    );
    // Into the next day, from Sunday into the next week, and from the last week into the first.
    rota(
        "from = \"2026-01-05\"\nweeks = [{ mon = \"early\", sun = \"night\" }, { mon-tue = \"early\", wed = \"night\", thu = \"early\", sun = \"night\" }]\n",
        &[
            "24:18 rotas.r.weeks[0].mon: shift `early` begins at 07:00, but `night` of the day before lasts until 08:00",
            "24:56 rotas.r.weeks[1].mon-tue: shift `early` begins at 07:00, but `night` of the day before lasts until 08:00",
            "24:86 rotas.r.weeks[1].thu: shift `early` begins at 07:00, but `night` of the day before lasts until 08:00",
        ],
    );
    rota(
        "from = \"2026-01-05\"\ncycle = [\"early\", \"night\", \"\", \"night\"]\n",
        &[
            "24:10 rotas.r.cycle[0]: shift `early` begins at 07:00, but `night` of the day before lasts until 08:00",
        ],
    );
    // A week of one shift goes round too, and holidays come after any day.
    rota("weeks = [{ all = \"night\" }]\n", &[]);
    rota("holidays = \"cn\"\nweeks = [{ all = \"night\", holiday = \"early\" }]\n", &[]);
}

#[test]
fn counts() {
    let weeks = |count: usize| format!("from = \"2026-01-05\"\nweeks = [{}]\n", "{}, ".repeat(count));
    rota(&weeks(52), &[]);
    rota(&weeks(53), &["24:9 rotas.r.weeks: has 53 weeks, keep at most 52"]);
    let cycle = |count: usize| format!("from = \"2026-01-05\"\ncycle = [{}]\n", "\"early\", ".repeat(count));
    rota(&cycle(366), &[]);
    rota(&cycle(367), &["24:9 rotas.r.cycle: has 367 days, keep at most 366"]);
    let shifts = |count: usize| {
        let ids: Vec<String> = (0..count).map(|n| format!("\"s{n}\"")).collect();
        let shifts: String =
            (0..count).map(|n| format!("[shifts.s{n}]\nat = [\"{n:02}:00-{n:02}:30\"]\n")).collect();
        format!("weeks = [{{ mon = [{}] }}]\n{shifts}", ids.join(", "))
    };
    rota(&shifts(4), &[]);
    rota(&shifts(5), &["23:18 rotas.r.weeks[0].mon: has 5 shifts, keep at most 4"]);
}

#[test]
fn values_of_who_follows() {
    follows(
        r#"[groups.g]
rota = ""
rota_offset = 366
valid_from = "2026-02-30"
valid_until = 5
[agents.a2]
groups = ["core"]
rota = "ww"
rota_offset = -1
valid_from = "2101-01-01"
[agents.a3]
groups = ["core"]
rota = 5
[agents.a4]
groups = ["core"]
rota = ""
"#,
        &[
            "29:8 groups.g.rota: names no rota, remove this: without one the availability of its agents alone decides",
            "30:15 groups.g.rota_offset: 366 is out of range, give 0 to 365",
            "31:14 groups.g.valid_from: `2026-02-30` is not a date, 2026-02-28 is the last day of that month",
            "32:15 groups.g.valid_until: is an integer, give a date in quotes such as \"2026-10-01\"",
            "35:8 agents.a2.rota: there is no rota `ww`, did you mean `w`?",
            "36:15 agents.a2.rota_offset: -1 is out of range, give 0 to 365",
            "37:14 agents.a2.valid_from: 2101-01-01 is out of range, give 2000-01-01 to 2100-12-31",
            "40:8 agents.a3.rota: is an integer, give the id of a rota",
        ],
    );
}

#[test]
fn offsets_are_within_the_rota() {
    follows(
        r#"[groups.w]
rota = "w"
rota_offset = 2
[groups.c]
rota = "c"
rota_offset = 2
[agents.a2]
groups = ["core", "c", "w"]
rota_offset = 3
[agents.a3]
groups = ["c"]
rota = "w"
rota_offset = 2
[agents.a4]
groups = ["core", "c", "w"]
rota_offset = 2
"#,
        &[
            "30:15 groups.w.rota_offset: 2 goes beyond the rota, which has 2 weeks: give 0 to 1",
            "36:15 agents.a2.rota_offset: 3 goes beyond the rota, which has 3 days: give 0 to 2",
            "40:15 agents.a3.rota_offset: 2 goes beyond the rota, which has 2 weeks: give 0 to 1",
        ],
    );
}

#[test]
fn what_has_no_effect_without_a_rota() {
    let idle = "has no effect without `rota`, add that or remove this";
    follows(
        r#"[groups.g]
rota_offset = 1
valid_from = "2026-09-15"
valid_until = "2026-10-15"
[groups.c]
rota = "c"
[agents.a2]
groups = ["core", "g"]
rota_offset = 1
[agents.a3]
groups = ["c"]
rota = ""
rota_offset = 1
valid_from = "2026-09-15"
[agents.a4]
groups = ["core"]
rota = "nobody"
rota_offset = 1
"#,
        &[
            &format!("29:15 groups.g.rota_offset: {idle}"),
            &format!("30:14 groups.g.valid_from: {idle}"),
            &format!("31:15 groups.g.valid_until: {idle}"),
            "36:15 agents.a2.rota_offset: has no effect, as neither the agent nor a group of it has a rota: remove this",
            "40:15 agents.a3.rota_offset: has no effect, as neither the agent nor a group of it has a rota: remove this",
            "44:8 agents.a4.rota: there is no rota `nobody`: add it or name another rota",
        ],
    );
}

#[test]
fn dates_of_who_follows() {
    follows(
        r#"[groups.g]
rota = "w"
valid_from = "2026-10-15"
valid_until = "2026-10-14"
[groups.c]
rota = "c"
valid_from = "2026-09-15"
valid_until = "2026-10-15"
[agents.a2]
groups = ["c"]
valid_from = "2026-10-16"
[agents.a3]
groups = ["c"]
valid_until = "2026-09-14"
[agents.a4]
groups = ["c"]
valid_from = "2026-10-15"
[agents.a5]
groups = ["c"]
valid_from = "2026-12-01"
valid_until = "2026-12-01"
[agents.a6]
groups = ["c"]
rota = "w"
valid_from = "2026-12-01"
[agents.a7]
groups = ["core"]
valid_from = "2026-12-01"
valid_until = "2026-11-30"
"#,
        &[
            "31:15 groups.g.valid_until: 2026-10-14 is before the `valid_from` of 2026-10-15, exchange them or change one",
            "38:14 agents.a2.valid_from: leaves no day together with the `valid_until` of its group, 2026-10-16 to 2026-10-15: change one of them",
            "41:15 agents.a3.valid_until: leaves no day together with the `valid_from` of its group, 2026-09-15 to 2026-09-14: change one of them",
            "56:15 agents.a7.valid_until: 2026-11-30 is before the `valid_from` of 2026-12-01, exchange them or change one",
        ],
    );
}
