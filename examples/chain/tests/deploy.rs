//! What `deploy/` says of the chain, held against the chain, and its files against each other. No
//! container is started here.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};
use std::str::FromStr;

use chain::cli::Cli;
use chain::store::Stores;
use clap::{CommandFactory, Parser};
use contrib_otlp::OtlpReporter;
use serde_json::Value;
use sqlx::mysql::MySqlConnectOptions;
use tracer_core::semconv::{KEPT, opentracing};

const SERVICES: [&str; 3] = ["server1", "server2", "server3"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn file(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What is at a path of keys in YAML as these files are written: two spaces a level, a value behind
/// its key or below it.
fn at(yaml: &str, path: &[&str]) -> String {
    path.iter().fold(yaml.to_owned(), |yaml, key| {
        let mut lines = yaml.lines().skip_while(|line| line.split(':').next() != Some(key));
        let head = lines.next().unwrap_or_else(|| panic!("{path:?}: no {key} in\n{yaml}"));
        if let Some((_, value)) = head.split_once(": ") {
            return value.trim_matches('"').to_owned();
        }
        let below = lines.take_while(|line| line.is_empty() || line.starts_with("  "));
        below.map(|line| line.get(2..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
    })
}

/// The keys and values of a flat map.
fn pairs(yaml: &str) -> Vec<(&str, &str)> {
    let lines = yaml.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(": ").unwrap()).collect()
}

/// Of `http://host:port` or `host:port`.
fn port(address: &str) -> u16 {
    address.rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn each_command_is_one_of_the_chain() {
    let compose = file("deploy/compose.yaml");
    let mut addresses = Vec::new();
    for (number, name) in (1..).zip(SERVICES) {
        let service = at(&compose, &["services", name]);
        let command = at(&service, &["command"]);
        Cli::try_parse_from(["chain"].into_iter().chain(command.split(' ')))
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        let (which, at_addresses) = command.split_once(' ').unwrap();
        assert_eq!(which, name);
        addresses.push(at_addresses.to_owned());

        let (ip, port) = (at(&service, &["networks", "kit", "ipv4_address"]), 7100 + number);
        assert!(command.contains(&format!("--{name} {ip}:{port}")), "{command}: not at {ip}");
        assert_eq!(at(&service, &["ports"]), format!("[\"127.0.0.1:{port}:{port}\"]"));
    }
    addresses.dedup();
    assert_eq!(addresses.len(), 1, "they look for each other in different places: {addresses:?}");
    assert!(Cli::try_parse_from(["chain", "server1", "--server1", "server1:7101"]).is_err());
}

#[test]
fn each_variable_is_one_of_the_chain() {
    let compose = file("deploy/compose.yaml");
    let help = Cli::command().render_long_help().to_string();
    let known: Vec<_> = help.split([' ', ',', '\n']).collect();
    for name in SERVICES {
        let environment = at(&compose, &["services", name, "environment"]);
        for (variable, _) in pairs(&environment) {
            assert!(known.contains(&variable), "{name}: {variable}\n{help}");
        }
        let endpoint = at(&environment, &["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        OtlpReporter::builder().endpoint(&endpoint).build().unwrap();
        assert!(endpoint.starts_with("http://collector:"), "{endpoint}");
        assert_eq!(port(&endpoint), port(&collector(&["http", "endpoint"])));
    }
}

fn collector(path: &[&str]) -> String {
    at(&at(&file("deploy/collector.yaml"), &["receivers", "otlp", "protocols"]), path)
}

#[test]
fn the_stores_are_those_that_are_started() {
    let compose = file("deploy/compose.yaml");
    let environment = at(&compose, &["services", "server3", "environment"]);
    let set = pairs(&environment);
    let value = |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let stores = Stores::from_vars(|name| value(name).map(str::to_owned));
    let both = r#"Stores { redis: Some("REDIS_URL"), sql: Some("MYSQL_URL") }"#;
    assert_eq!(format!("{stores:?}"), both);

    let redis = redis::Client::open(value("REDIS_URL").unwrap()).unwrap();
    assert_eq!(redis.get_connection_info().addr().to_string(), "redis:6379");
    at(&compose, &["services", "redis"]);

    let url = value("MYSQL_URL").unwrap();
    let options = MySqlConnectOptions::from_str(url).unwrap();
    assert_eq!((options.get_host(), options.get_port()), ("mariadb", 3306));
    let mariadb = at(&compose, &["services", "mariadb", "environment"]);
    let [user, password, database] =
        ["MARIADB_USER", "MARIADB_PASSWORD", "MARIADB_DATABASE"].map(|key| at(&mariadb, &[key]));
    assert_eq!(url, format!("mariadb://{user}:{password}@mariadb:3306/{database}"));
}

#[test]
fn what_is_published_is_listened_on() {
    let compose = file("deploy/compose.yaml");
    let jaeger = file("deploy/jaeger.yaml");
    let sampling = at(&jaeger, &["extensions", "remote_sampling", "http", "endpoint"]);
    let ui = at(&jaeger, &["extensions", "jaeger_query", "http", "endpoint"]);
    let published = |service: &str, address: &str| {
        let ports = at(&compose, &["services", service, "ports"]);
        let port = port(address);
        assert!(ports.contains(&format!("- \"127.0.0.1:{port}:{port}\"")), "{service}: {ports}");
    };
    published("collector", &collector(&["grpc", "endpoint"]));
    published("collector", &collector(&["http", "endpoint"]));
    published("jaeger", &ui);
    published("jaeger", &sampling);

    let out = at(&file("deploy/collector.yaml"), &["exporters", "otlp_grpc", "endpoint"]);
    let otlp = at(&jaeger, &["receivers", "otlp", "protocols", "grpc", "endpoint"]);
    assert_eq!(out, format!("jaeger:{}", port(&otlp)));
    let strategies = at(&jaeger, &["extensions", "remote_sampling", "file", "path"]);
    assert!(compose.contains(&format!("\"./sampling.json:{strategies}:ro\"")), "{strategies}");
}

#[test]
fn what_goes_into_kafka_comes_out() {
    let into = file("deploy/collector-kafka-in.yaml");
    let out = file("deploy/collector-kafka-out.yaml");
    let (into, out) = (at(&into, &["exporters", "kafka"]), at(&out, &["receivers", "kafka"]));
    assert_eq!(at(&into, &["brokers"]), at(&out, &["brokers"]));
    let (written, read) = (at(&into, &["traces"]), at(&out, &["traces"]));
    assert_eq!(format!("[{}]", at(&written, &["topic"])), at(&read, &["topics"]));
    assert_eq!(at(&written, &["encoding"]), at(&read, &["encoding"]));

    let kafka = at(&file("deploy/compose.kafka.yaml"), &["services", "kafka", "environment"]);
    let advertised = at(&kafka, &["KAFKA_ADVERTISED_LISTENERS"]);
    assert_eq!(
        format!("[{}]", advertised.trim_start_matches("PLAINTEXT://")),
        at(&into, &["brokers"])
    );
}

/// Each file that a container is given is there, and each that a command names is given to it.
#[test]
fn no_file_is_missing() {
    for compose in ["deploy/compose.yaml", "deploy/compose.kafka.yaml"].map(file) {
        let mounts: Vec<_> = compose.split('"').filter(|text| text.starts_with("./")).collect();
        assert!(!mounts.is_empty());
        for mount in &mounts {
            let name = mount.split(':').next().unwrap();
            assert!(root().join("deploy").join(name).is_file(), "{mount}");
        }
    }
    let both = file("deploy/compose.yaml") + &file("deploy/compose.kafka.yaml");
    for path in both.split(['"', '=']).filter(|text| text.starts_with("/etc/")) {
        assert!(both.contains(&format!(":{path}:ro\"")), "{path}");
    }
}

#[test]
fn the_collector_knows_the_kits_tags() {
    let collector = file("deploy/collector.yaml");
    for tag in [opentracing::JAEGER_DEBUG_ID, opentracing::SAMPLING_PRIORITY, KEPT] {
        assert!(collector.contains(&format!("key: {tag}\n")), "{tag}");
    }
}

/// An operation has a share: Jaeger passes over a rate there.
#[test]
fn strategies_are_shares_and_rates() {
    let file: Value = serde_json::from_str(&file("deploy/sampling.json")).unwrap();
    let services = file["service_strategies"].as_array().unwrap();
    for strategy in services.iter().chain([&file["default_strategy"]]) {
        let param = strategy["param"].as_f64().unwrap();
        match strategy["type"].as_str().unwrap() {
            "probabilistic" => assert!((0.0..=1.0).contains(&param), "{strategy}"),
            "ratelimiting" => assert!(param >= 1.0, "{strategy}"),
            other => panic!("{other}: {strategy}"),
        }
    }
    let operations = services.iter().filter_map(|one| one["operation_strategies"].as_array());
    for strategy in operations.flatten() {
        assert_eq!(strategy["type"], "probabilistic", "{strategy}");
        assert!((0.0..=1.0).contains(&strategy["param"].as_f64().unwrap()), "{strategy}");
    }
}

#[test]
fn the_image_is_built_by_a_rust_that_can() {
    let manifest = file("examples/chain/Cargo.toml");
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let from = format!("FROM rust:{}-", version.trim_matches('"'));
    assert!(file("deploy/Dockerfile").contains(&from), "{from}");
}

/// The page's advice is about variables that the kit reads.
#[test]
fn the_page_names_variables_that_are_read() {
    let (page, read) = (file("deploy/README.md"), file("docs/configuration.md"));
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let names = page.split(|c| !is_name(c));
    let names: Vec<_> =
        names.filter(|name| name.starts_with("OTEL_") || name.starts_with("TRACER_")).collect();
    assert!(!names.is_empty());
    for name in names {
        assert!(read.contains(&format!("`{name}`")), "{name}");
    }
}
