//! How contacts go to a bot and come back, as its gateway and theirs say it.

use tonic::{Request, Response};

use crate::{
    engine::command::{BotLeaving, Command, Ending, FromBot},
    proto::v1,
};

use super::{
    Answer, Api, Check,
    contacts::{answered_contact, call_contact, seal},
    convert, request_key,
};

pub(super) async fn hand_to_bot(
    api: &Api,
    request: Request<v1::HandToBotRequest>,
) -> Answer<v1::HandToBotResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("contact_id", &request.contact_id);
    check.id("bot_gateway_id", &request.bot_gateway_id);
    let key = request_key(&mut check, &request.request_id, "HandToBot", &request);
    check.done()?;
    let v1::HandToBotRequest { contact_id: id, bot_gateway_id: bot, .. } = request;
    let contact = call_contact(&tenant, key, id.clone(), Command::HandToBot { contact: id, bot }).await?;
    Ok(Response::new(v1::HandToBotResponse { contact }))
}

pub(super) async fn return_from_bot(
    api: &Api,
    request: Request<v1::ReturnFromBotRequest>,
) -> Answer<v1::ReturnFromBotResponse> {
    let tenant = api.tenant(&request)?;
    let request = request.into_inner();
    let mut check = Check::new();
    check.id("contact_id", &request.contact_id);
    check.id("bot_gateway_id", &request.bot_gateway_id);
    let key = request_key(&mut check, &request.request_id, "ReturnFromBot", &request);
    let leaving = leaving(&mut check, &request);
    if let Some(attributes) = &request.attributes {
        check.attributes("attributes.entries", &attributes.entries);
    }
    check.done()?;
    let v1::ReturnFromBotRequest { contact_id: id, bot_gateway_id: bot, attributes, .. } = request;
    let contact = tenant
        .run(move |desk| {
            // Only the attributes are replaced: the rest of the customer data is what is there.
            let known = desk.state().contact_by_id(&id);
            let known = known.map(|record| convert::customer(record.customer.as_deref()).customer_ref);
            let leaving = match leaving {
                BotLeaving::HandedOver(mut from) => {
                    let sealed =
                        |attributes: v1::Attributes| seal(known.unwrap_or_default(), attributes.entries);
                    from.customer = attributes.map(sealed);
                    BotLeaving::HandedOver(from)
                }
                closed @ BotLeaving::Closed(_) => closed,
            };
            let command = Command::ReturnFromBot { contact: id.clone(), bot, leaving };
            let reply = desk.step(key.as_ref(), command)?;
            answered_contact(desk.state(), &reply, &id, desk.now_ms())
        })
        .await?;
    Ok(Response::new(v1::ReturnFromBotResponse { contact }))
}

/// How the bot leaves the contact, but for the attributes.
fn leaving(check: &mut Check, request: &v1::ReturnFromBotRequest) -> BotLeaving {
    check.optional_id("queue", &request.queue);
    check.optional_id("category", &request.category);
    check.optional_id("disposition", &request.disposition);
    let resolution = check.resolution("resolution", request.resolution);
    let mut list = |field: &str, list: &Option<v1::SkillRequirements>| {
        list.as_ref().map(|list| check.skills(field, &list.skills))
    };
    let skills = list("required_skills.skills", &request.required_skills);
    let preferred_skills = list("preferred_skills.skills", &request.preferred_skills);
    if let Some(priority) = request.priority {
        check.priority("priority", priority);
    }
    let result = request.result();
    if result == v1::BotResult::Unspecified {
        check.not_named("result", request.result);
    }
    if result == v1::BotResult::Closed {
        only_with(
            check,
            "HANDED_OVER",
            &[
                ("queue", !request.queue.is_empty()),
                ("category", !request.category.is_empty()),
                ("required_skills", request.required_skills.is_some()),
                ("preferred_skills", request.preferred_skills.is_some()),
                ("priority", request.priority.is_some()),
                ("attributes", request.attributes.is_some()),
            ],
        );
        return BotLeaving::Closed(Ending { disposition: request.disposition.clone(), resolution });
    }
    only_with(
        check,
        "CLOSED",
        &[("disposition", !request.disposition.is_empty()), ("resolution", resolution != 0)],
    );
    BotLeaving::HandedOver(Box::new(FromBot {
        queue: request.queue.clone(),
        category: Some(request.category.clone()).filter(|category| !category.is_empty()),
        skills,
        preferred_skills,
        priority: request.priority,
        customer: None,
    }))
}

/// Notes fields that are given though they go with the other result.
fn only_with(check: &mut Check, result: &str, fields: &[(&str, bool)]) {
    for (field, given) in fields {
        if *given {
            check.problem(field, format!("goes with {result} only"));
        }
    }
}
