#include "config/table_builder.hpp"

namespace cp::config {
namespace {

bool is_store(std::string_view text) {
    for (std::string_view scheme : {"dir:", "s3://", "gs://"}) {
        if (text.starts_with(scheme)) return text.size() > scheme.size();
    }
    return false;
}

void add_work(Table& table) {
    add<&Config::dispatch, &DispatchSection::policy>(
        table, "dispatch", "policy",
        "Who does the work: leader (the leader alone), round-robin (the healthy members in "
        "turn), least-loaded (the lowest load score).");

    constexpr auto tasks = &Config::tasks;
    add<tasks, &TasksSection::memory_budget_mib>(
        table, "tasks", "memory_budget_mib",
        "Memory for all uploads, results and decoding together, in MiB; at least "
        "2 x imaging.max_bytes. 0: 1024, or a quarter of the machine's memory if that is less.",
        Range{1, 1'048'576}, Automatic{std::int64_t{0}});
    add<tasks, &TasksSection::result_ttl>(table, "tasks", "result_ttl_s",
                                          "Seconds that a result waits for a client that does not fetch it.",
                                          Range{1, 86'400});
    add<tasks, &TasksSection::keep_results>(table, "tasks", "keep_results",
                                            "true: results are kept in the store as results/<user>/<task>.");

    constexpr auto imaging = &Config::imaging;
    add<imaging, &ImagingSection::max_bytes>(
        table, "imaging", "max_bytes",
        "The largest upload in bytes; twice that must fit into tasks.memory_budget_mib.",
        Range{1, 256 << 20});
    add<imaging, &ImagingSection::max_pixels>(
        table, "imaging", "max_pixels", "The largest picture that is decoded, in pixels.", Range{1, 1e9});
    add<imaging, &ImagingSection::max_side>(table, "imaging", "max_side",
                                            "The longest side of a picture that is decoded, in pixels.",
                                            Range{1, 65'535});

    add<&Config::storage, &StorageSection::store>(
        table, "storage", "store",
        "Where stored images go: dir:PATH, s3://BUCKET[/PREFIX]?endpoint=URL&region=R, or "
        "gs://BUCKET.",
        Form{"dir:PATH, s3://BUCKET or gs://BUCKET", is_store});
}

void add_surroundings(Table& table) {
    constexpr auto http = &Config::http;
    add<http, &HttpSection::listen>(
        table, "http", "listen",
        "Where the HTTP API listens: off, PORT (on 127.0.0.1) or ADDR:PORT. auto: "
        "127.0.0.1:3000 or the next free port to 3099.",
        Form{"auto, off, PORT or ADDR:PORT",
             [](std::string_view text) { return parse_listen(text).has_value(); }},
        Automatic{std::string{"auto"}});
    add<http, &HttpSection::auth>(
        table, "http", "auth",
        "token: other machines need the bearer token that `node token` shows. none: anybody who "
        "reaches the port may. Loopback needs no token.");
    add<http, &HttpSection::follower>(
        table, "http", "follower",
        "What a follower does with a request for the leader: reject (403 that names the "
        "leader), redirect, proxy.");
    add<http, &HttpSection::cert>(table, "http", "cert",
                                  "TLS certificate chain, a PEM file; together with `key`. Empty: no TLS.");
    add<http, &HttpSection::key>(table, "http", "key", "TLS private key, a PEM file; together with `cert`.");
    add<http, &HttpSection::max_image_side>(
        table, "http", "max_image_side",
        "The longest side of an image uploaded over HTTP, in pixels; at most "
        "imaging.max_side.",
        Range{1, 65'535});
    add<http, &HttpSection::images_per_user>(
        table, "http", "images_per_user", "The most images per user in one answer of /discover_with_images.",
        Range{1, 1000});
    add<http, &HttpSection::presence_timeout>(
        table, "http", "presence_timeout_s",
        "Seconds after its last heartbeat that a user counts as online; clients send "
        "one every 10 s.",
        Range{1, 86'400});

    add<&Config::log, &LogSection::level>(
        table, "log", "level", "The least serious line that is written: debug, info, warn or error.");
    add<&Config::log, &LogSection::format>(
        table, "log", "format", "text for people, json for programs: one object a line, on standard error.");

    add<&Config::client, &ClientSection::timeout>(
        table, "client", "timeout_s",
        "Seconds that a command waits for the cluster; the prompt waits for ever unless "
        "--timeout is given. 0: for ever.",
        Range{0, 86'400});
    add<&Config::client, &ClientSection::images_dir>(table, "client", "images_dir",
                                                     "Where the client saves results.");
    add<&Config::client, &ClientSection::ca>(
        table, "client", "ca",
        "Certificates that HTTPS trusts, a PEM file: those of the nodes, or of who issued "
        "them. Empty: the system's.");
}

} // namespace

void add_work_keys(Table& table) {
    add_work(table);
    add_surroundings(table);
}

} // namespace cp::config
