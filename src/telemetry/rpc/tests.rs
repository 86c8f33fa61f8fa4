//! What is counted of calls.

use std::future::pending;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Frame;
use tonic::codegen::http::{HeaderMap, HeaderValue};
use tower::{ServiceExt, service_fn};

use super::*;

const UNARY: &str = "/kefud.v1.ContactService/GetContact";
const STREAM: &str = "/kefud.v1.ContactService/WatchContact";

const OLD_REFLECTION: &str = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

const OPEN_STREAMS: &str = r#"kefud_rpc_streams{service="kefud.v1.ContactService",method="WatchContact"}"#;

/// What a service answers.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// A status in the head.
    Refused(tonic::Code),
    /// A body, with the status in its trailers.
    Trailers(&'static str),
    /// A body that doesn't end, dropped by the caller.
    Endless,
    /// Nothing, until time is out.
    Never,
}

async fn answer(answer: Answer) -> Result<Response<Body>, Infallible> {
    let body: UnsyncBoxBody<Bytes, Status> = match answer {
        Answer::Refused(code) => return Ok(Status::new(code, "no").into_http()),
        Answer::Trailers(code) => {
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from_static(code));
            let body = Full::new(Bytes::from_static(b"x")).map_err(|never| match never {});
            body.with_trailers(async move { Some(Ok(trailers)) }).boxed_unsync()
        }
        Answer::Endless => {
            let frames = tokio_stream::iter([Ok(Frame::data(Bytes::from_static(b"x")))]);
            StreamBody::new(tokio_stream::StreamExt::chain(frames, tokio_stream::pending())).boxed_unsync()
        }
        Answer::Never => pending().await,
    };
    Ok(Response::new(Body::new(body)))
}

#[track_caller]
fn assert_line(metrics: &Metrics, line: &str, given: Answer) {
    let text = metrics.render();
    assert!(text.lines().any(|known| known == line), "{given:?}: no {line} in\n{text}");
}

#[tokio::test(start_paused = true)]
async fn calls_are_counted_by_code() {
    let counted = |service: &str, method: &str, code: &str| {
        format!("kefud_rpcs_total{{service=\"{service}\",method=\"{method}\",code=\"{code}\"}} 1")
    };
    let ours = "kefud.v1.ContactService";
    let table = [
        (UNARY, Answer::Trailers("0"), counted(ours, "GetContact", "OK"), 1),
        (UNARY, Answer::Trailers("5"), counted(ours, "GetContact", "NOT_FOUND"), 1),
        (UNARY, Answer::Refused(tonic::Code::Internal), counted(ours, "GetContact", "INTERNAL"), 1),
        (UNARY, Answer::Endless, counted(ours, "GetContact", "CANCELLED"), 1),
        (UNARY, Answer::Never, counted(ours, "GetContact", "DEADLINE_EXCEEDED"), 1),
        (STREAM, Answer::Endless, counted(ours, "WatchContact", "CANCELLED"), 0),
        (STREAM, Answer::Trailers("14"), counted(ours, "WatchContact", "UNAVAILABLE"), 0),
        (
            OLD_REFLECTION,
            Answer::Trailers("0"),
            counted("grpc.reflection.v1alpha.ServerReflection", "ServerReflectionInfo", "OK"),
            0,
        ),
        (
            "/x.Y/Z",
            Answer::Refused(tonic::Code::Unimplemented),
            counted("unknown", "unknown", "UNIMPLEMENTED"),
            0,
        ),
    ];
    for (path, given, line, timed) in table {
        let metrics = Metrics::new();
        let layer = RpcLayer::new(&metrics, Duration::from_secs(30));
        let service = layer.layer(service_fn(move |_request| answer(given)));
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        let response = service.oneshot(request).await.expect("an answer");
        let mut body = response.into_body();
        let is_stream = u32::from(path == STREAM);
        assert_line(&metrics, &format!("{OPEN_STREAMS} {is_stream}"), given);
        if matches!(given, Answer::Endless) {
            body.frame().await.expect("a frame").expect("data");
            drop(body);
        } else {
            drop(body.collect().await);
        }
        assert_line(&metrics, &line, given);
        let latency = format!(
            "kefud_rpc_seconds_count{{service=\"kefud.v1.ContactService\",method=\"GetContact\"}} {timed}"
        );
        assert_line(&metrics, &latency, given);
        assert_line(&metrics, &format!("{OPEN_STREAMS} 0"), given);
    }
}

#[test]
fn own_services_are_known() {
    let expected = ["ContactService", "AgentService", "SupervisorService", "PlanService"];
    let known = services();
    for name in expected {
        assert!(known.contains(&format!("kefud.v1.{name}")), "{name} in {known:?}");
    }
}
