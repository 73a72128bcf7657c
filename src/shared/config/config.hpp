// What a node or a client is told at its start, as values: loaded once (load.hpp, options.hpp), then
// constant. One struct per section of the file, one member per key; units are in the types here and in the
// names there. The meaning of each key, its range and its relation to others stand in keys_of_*.cpp and
// nowhere else. A default-constructed Config is the valid default of a loopback node.
#pragma once

#include "base/endpoint.hpp"
#include "base/ids.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cp {

enum class ElectionPolicy { id, load };
enum class ElectionProfile { fast, quiet, realtime };
enum class DispatchPolicy { leader, round_robin, least_loaded };
enum class HttpAuth { token, none };
enum class HttpFollower { reject, redirect, proxy };
enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

struct NodeSection {
    NodeId id; // none: the data directory decides (data_dir.hpp)
    std::string cluster = "default";
    std::filesystem::path key_file; // empty: the default place (key_file.hpp)
    std::filesystem::path data_dir; // empty: the default place (data_dir.hpp)
};

struct PeerAddress {
    std::string host;
    std::uint16_t port = 0; // 0: network.port
    auto operator<=>(const PeerAddress&) const = default;
};

struct NetworkSection {
    bool lan = false;
    std::vector<std::string> interfaces; // globs, "!" exclusions, or an interface's own IPv4 address
    std::uint32_t group = 0xefff4350;    // 239.255.67.80, host byte order
    std::uint16_t port = 7700;
    std::uint8_t ttl = 0;
    std::vector<PeerAddress> peers;
    std::uint32_t max_rate = 0; // Mbit/s, 0: no limit

    [[nodiscard]] Endpoint control() const { return {group, port}; }
    [[nodiscard]] Endpoint data() const { return {group + 1, static_cast<std::uint16_t>(port + 1)}; }
    [[nodiscard]] std::uint64_t max_bytes_per_second() const { return std::uint64_t{max_rate} * 125'000; }
};

// True when nothing but loopback is asked for: then a key may be invented and the TTL is 0. Positive entries
// of `interfaces` decide; without any, `lan` does; exclusions only narrow.
[[nodiscard]] bool loopback_only(const NetworkSection&);

struct ElectionSection {
    ElectionPolicy policy = ElectionPolicy::id;
    ElectionProfile profile = ElectionProfile::fast;
    bool preempt = true;
    std::uint32_t quorum = 0; // members that must agree, the leader included; 0: off
    std::chrono::milliseconds heartbeat_interval{20};
    std::chrono::milliseconds failure_timeout{100};
    std::chrono::milliseconds election_timeout_min{150};
    std::chrono::milliseconds election_timeout_max{300};
    std::chrono::milliseconds leader_term{0}; // 0: no terms
    double weight_cpu = 0.5;
    double weight_tasks = 0.3;
    double weight_memory = 0.2;
    std::chrono::milliseconds cpu_refresh{500};
    bool crash_link = true;
};

struct DispatchSection {
    DispatchPolicy policy = DispatchPolicy::leader;
};

struct TasksSection {
    std::uint32_t memory_budget_mib = 1024; // loading puts min(1024, RAM/4) here when the file says 0
    std::chrono::seconds result_ttl{60};
    bool keep_results = false;
};

struct ImagingSection {
    std::uint64_t max_bytes = 256U << 20U;
    std::uint64_t max_pixels = 64'000'000;
    std::uint32_t max_side = 16384;
};

struct StorageSection {
    std::string store = "dir:./shared_images"; // dir:PATH, s3://…, gs://…
};

// Where the HTTP server listens.
struct HttpListen {
    bool on = true;
    Endpoint at{0x7f000001, 3000};
    bool asked =
        false; // somebody named the port: when it is taken that is an error, not a reason to look further
    auto operator<=>(const HttpListen&) const = default;
};

struct HttpSection {
    HttpListen listen;
    HttpAuth auth = HttpAuth::token;
    HttpFollower follower = HttpFollower::reject;
    std::filesystem::path cert; // with `key`: TLS
    std::filesystem::path key;
    std::uint32_t max_image_side = 128;
    std::uint32_t images_per_user = 20;
    std::chrono::seconds presence_timeout{30};
};

struct LogSection {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
};

struct ClientSection {
    std::chrono::duration<double> timeout{30}; // 0: never gives up
    std::filesystem::path images_dir = "images";
    std::filesystem::path ca; // whom HTTPS trusts; empty: the system's authorities
};

struct Config {
    NodeSection node;
    NetworkSection network;
    ElectionSection election;
    DispatchSection dispatch;
    TasksSection tasks;
    ImagingSection imaging;
    StorageSection storage;
    HttpSection http;
    LogSection log;
    ClientSection client;
};

// The heartbeat interval of a profile. Its failure timeout is failure_factor intervals: 20/100, 50/250, 10/50
// ms.
[[nodiscard]] std::chrono::milliseconds heartbeat_of(ElectionProfile);
inline constexpr int failure_factor = 5;

} // namespace cp
