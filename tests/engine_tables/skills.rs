//! What is asked of agents' skills: ranges, any-of sets, none-of and preferred skills, and how they add up.

use crate::common::desk::check;

#[test]
fn a_level_beyond_the_range_is_too_high() {
    check(
        r#"
        signin a1 ready
        # a1 has english at 5.
        enqueue c1 qq consultation skills=english:2-4
        => in c1 consultation unservable
        enqueue c2 qq consultation skills=english:5-5
        => in c2 consultation; offered c2 a1
        enqueue c3 qq consultation skills=english:2-5
        => in c3 consultation; offered c3 a1
        enqueue c4 qq consultation skills=english:6 => in c4 consultation unservable
        "#,
    );
}

#[test]
fn ranges_of_queue_category_and_contact_are_intersected() {
    check(
        r#"
        apply set agents.a1.skills={english=5}
        apply set agents.a2.skills={english=7}
        apply set agents.a3.skills={english=9}
        apply set queues.consultation.skills={english={min=4,max=8}}
        apply set categories.refund.skills={english={min=6,max=10}}
        signin a1 ready
        signin a2 ready
        signin a3 ready
        # The queue's 4 to 8, the category's from 6, together 6 to 8.
        enqueue c1 qq consultation category=refund => in c1 consultation; offered c1 a2
        enqueue c2 qq consultation category=refund => in c2 consultation; offered c2 a2
        # 4 to 8 and up to 5.
        enqueue c3 qq consultation skills=english:1-5
        => in c3 consultation; offered c3 a1
        # 6 to 8 and up to 5: no level is left.
        enqueue c4 qq consultation category=refund skills=english:1-5
        => in c4 consultation unservable
        show c4                        => waiting consultation age=0s
        "#,
    );
}

#[test]
fn one_of_each_set_is_enough() {
    check(
        r#"
        signin a4 ready
        signin a2 ready
        # a2 has complaints at 2 and no english.
        enqueue c1 qq consultation any=english:1,complaints:2
        => in c1 consultation; offered c1 a2
        enqueue c2 qq consultation any=english:1,complaints:2|english:1
        => in c2 consultation
        enqueue c3 qq consultation any=english:1,complaints:3
        => in c3 consultation
        signin a1 ready                => signed-in a1; ready a1; offered c2 a1; offered c3 a1
        # a1 has complaints and english at 5, which is beyond both ranges.
        enqueue c4 qq consultation any=english:1-4,complaints:2-4
        => in c4 consultation; offered c4 a2
        "#,
    );
}

#[test]
fn a_skill_that_is_not_wanted_counts_within_its_range_only() {
    check(
        r#"
        signin a1 ready
        enqueue c1 qq consultation none=english:1 => in c1 consultation
        enqueue c2 qq consultation none=english:6 => in c2 consultation; offered c2 a1
        enqueue c3 qq consultation none=english:1-4 => in c3 consultation; offered c3 a1
        enqueue c4 qq consultation none=english:5-5 => in c4 consultation
        # Who has not got the skill at all is welcome.
        signin a2 ready                => signed-in a2; ready a2; offered c1 a2; offered c4 a2
        "#,
    );
}

#[test]
fn unwanted_ranges_of_one_skill_stand_beside_each_other() {
    check(
        r#"
        apply set queues.consultation.none_of={english={min=1,max=2}}
        signin a1 ready
        # Not 1 to 2, and not 8 or more: 5 will do.
        enqueue c1 qq consultation none=english:8 => in c1 consultation; offered c1 a1
        # Not 1 to 2, and not 5.
        enqueue c2 qq consultation none=english:5-5 => in c2 consultation
        "#,
    );
}

#[test]
fn who_has_more_preferred_skills_comes_first_and_nobody_waits_for_them() {
    check(
        r#"
        signin a4 ready
        advance 1s                     => -
        signin a2 ready
        advance 1s                     => -
        signin a1 ready
        # a4 is idle longest; a2 has one of two; a1 has both.
        enqueue c1 qq consultation prefer=english:1,complaints:1
        => in c1 consultation; offered c1 a1
        enqueue c2 qq consultation prefer=complaints:1-3
        => in c2 consultation; offered c2 a2
        enqueue c3 qq consultation prefer=complaints:6
        => in c3 consultation; offered c3 a4
        # a2 and a1 both have complaints; only a1 at 3 to 8.
        enqueue c5 qq consultation prefer=complaints:3-8
        => in c5 consultation; offered c5 a1
        # Only agents who have none of them are left.
        signout a1
        => signed-out a1 requested; agent-gone c1 a1; agent-gone c5 a1; offered c1 a2
        ; offered c5 a4
        signout a2                     => signed-out a2 requested; agent-gone c2 a2; agent-gone c1 a2; offered c1 a4
        enqueue c4 qq consultation prefer=english:1 => in c4 consultation
        "#,
    );
}

#[test]
fn a_preferred_skill_counts_within_its_range_only() {
    check(
        r#"
        signin a1 ready
        advance 1s                     => -
        signin a2 ready
        # a1 is idle longer, but has complaints at 5.
        enqueue c1 qq consultation prefer=complaints:1-4
        => in c1 consultation; offered c1 a2
        "#,
    );
}

#[test]
fn preferred_skills_come_before_the_choice_of_agent() {
    check(
        r#"
        apply set queues.consultation.agent_choice="least_loaded"
        apply set queues.consultation.preferred_skills={english=1}
        signin a1 ready
        signin a2 ready
        enqueue c1 qq consultation     => in c1 consultation; offered c1 a1
        enqueue c2 qq consultation     => in c2 consultation; offered c2 a1
        enqueue c3 qq consultation     => in c3 consultation; offered c3 a1
        # a1 is full.
        enqueue c4 qq consultation     => in c4 consultation; offered c4 a2
        "#,
    );
}

#[test]
fn a_skill_gone_from_the_plan_is_not_asked_for() {
    check(
        r#"
        apply remove categories.refund
        enqueue c1 qq consultation skills=english:9 => in c1 consultation unservable
        enqueue c2 qq consultation any=english:9 => in c2 consultation unservable
        enqueue c3 qq consultation any=english:9,complaints:9
        => in c3 consultation unservable
        signin a1 ready
        apply remove skills.english set agents.a1.skills={complaints=5}
        => plan 3; offered c1 a1; offered c2 a1
        "#,
    );
}

#[test]
fn what_a_contact_asks_for_can_be_changed() {
    check(
        r#"
        signin a1 ready
        enqueue c1 qq consultation skills=english:6 any=complaints:6 none=english:5
        => in c1 consultation unservable
        update c1 skills=english:3     => updated c1
        update c1 none=                => updated c1
        update c1 any=complaints:5     => updated c1; offered c1 a1
        "#,
    );
}

#[test]
fn wanted_names_must_be_in_the_plan() {
    check(
        r#"
        enqueue c1 qq consultation skills=latin:1 => !required_skills
        enqueue c1 qq consultation any=english:1|latin:1
        => !any_of_skills[1]
        enqueue c1 qq consultation none=latin:1 => !none_of_skills
        enqueue c1 qq consultation prefer=latin:1 => !preferred_skills
        enqueue c1 qq consultation agent=a9 => !preferred_agent_id
        enqueue c1 qq consultation rings=5s/drop:latin+5s/groups:nowhere+5s/lower:latin:1
        => !rings[0].drop_skills,rings[1].groups,rings[2].lower_skills
        "#,
    );
}
