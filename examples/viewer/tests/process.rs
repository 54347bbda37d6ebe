//! The program as it is run: ready line, both ways in, every way out.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use otlp_embedded::proto::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use prost::Message;
use support::{batch, span};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Endpoint;
use tonic_prost::ProstCodec;

struct Viewer {
    child: Child,
    ready: String,
}

impl Viewer {
    fn start() -> Self {
        let mut child = command(["127.0.0.1:0"; 3])
            .arg("--exit-with-stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        Self { child, ready }
    }

    /// The address behind `name=http://` in the ready line.
    fn address(&self, name: &str) -> String {
        let prefix = format!("{name}=http://");
        let word = self.ready.split_whitespace().find_map(|word| word.strip_prefix(&prefix));
        word.unwrap_or_else(|| panic!("no {name} in {:?}", self.ready)).to_owned()
    }

    fn ask(&self, name: &str, head: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address(name)).unwrap();
        let length = body.len();
        let head = format!(
            "{head} HTTP/1.1\r\nhost: viewer\r\nconnection: close\r\n\
             content-type: application/x-protobuf\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn spans_shown(&self) -> usize {
        let path = format!("GET /api/traces/{}", "07".repeat(16));
        self.ask("ui", &path, b"").matches("\"operationName\"").count()
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command([ui, grpc, http]: [&str; 3]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewer"));
    command.args(["--ui", ui, "--otlp-grpc", grpc, "--otlp-http", http]);
    command
}

#[test]
fn spans_over_http_are_shown() {
    let viewer = Viewer::start();
    assert!(viewer.ready.starts_with("viewer ready ui=http://127.0.0.1:"));
    assert!(viewer.ask("otlp-http", "GET /healthz", b"").starts_with("HTTP/1.1 200"));
    assert_eq!(viewer.spans_shown(), 0);
    let answer = viewer.ask("otlp-http", "POST /v1/traces", &batch("front", vec![span(1, 0)]));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(viewer.spans_shown(), 1);
}

#[tokio::test]
async fn spans_over_grpc_are_shown() {
    let viewer = Viewer::start();
    let endpoint = format!("http://{}", viewer.address("otlp-grpc"));
    let channel = Endpoint::from_shared(endpoint).unwrap().connect().await.unwrap();
    let mut client = Grpc::new(channel);
    client.ready().await.unwrap();
    let bytes = batch("front", vec![span(1, 0), span(2, 1)]);
    let message = ExportTraceServiceRequest::decode(&bytes[..]).unwrap();
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let codec = ProstCodec::<ExportTraceServiceRequest, ExportTraceServiceResponse>::default();
    let path = PathAndQuery::from_static(path);
    client.unary(tonic::Request::new(message), path, codec).await.unwrap();
    assert_eq!(viewer.spans_shown(), 2);
}

#[test]
fn it_ends_with_its_standard_input() {
    let mut viewer = Viewer::start();
    drop(viewer.child.stdin.take());
    assert!(viewer.child.wait().unwrap().success());
}

#[test]
fn a_taken_port_is_one_line_that_names_the_option() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    for (option, addresses) in [
        ("--ui", [&taken, free, free]),
        ("--otlp-grpc", [free, &taken, free]),
        ("--otlp-http", [free, free, &taken]),
    ] {
        let output = command(addresses).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        assert!(said.starts_with(&format!("viewer: {option} {taken}: ")), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}
