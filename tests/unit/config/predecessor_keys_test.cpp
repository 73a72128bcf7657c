#include "config/predecessor_keys.hpp"
#include "support.hpp"

using namespace cp;
using namespace cp::config;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(predecessor_keys)

BOOST_AUTO_TEST_CASE(a_config_json_with_peers_on_one_machine_loads_with_one_warning) {
    const auto loaded = load(R"({
  "peers": [
    {"id": 1, "address": "127.0.0.1:7001"},
    {"id": 2, "address": "127.0.0.1:7002"}
  ],
  "shared_dir": "./shared_images"
})",
                             "config.json");
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST(loaded->config.storage.store == "dir:./shared_images");
    BOOST_TEST(loaded->config.network.peers.empty());
    BOOST_TEST(loaded->config.network.ttl == 0);
    BOOST_REQUIRE(loaded->warnings.size() == 1U);
    BOOST_TEST(loaded->warnings[0] ==
               "config.json:2:3: peers: not needed: nodes find one another by multicast");
}

BOOST_AUTO_TEST_CASE(a_config_toml_with_milliseconds_loads_and_says_what_it_ignores) {
    const auto loaded = load(R"(this_node = "127.0.0.1:8080"
peers = ["127.0.0.1:8080", "127.0.0.1:8081", "127.0.0.1:8082"]
heartbeat_interval_ms = 1000
election_timeout_min_ms = 3000
election_timeout_max_ms = 5000
leader_term_ms = 11000
net_timeout_ms = 2000
cpu_refresh_ms = 400
election_retry_ms = 100
)");
    BOOST_REQUIRE(loaded.has_value());
    const auto& election = loaded->config.election;
    BOOST_TEST((election.heartbeat_interval == 1000ms));
    BOOST_TEST((election.failure_timeout == 5000ms));
    BOOST_TEST((election.election_timeout_min == 3000ms));
    BOOST_TEST((election.election_timeout_max == 5000ms));
    BOOST_TEST((election.leader_term == 11000ms));
    BOOST_TEST((election.cpu_refresh == 400ms));
    BOOST_TEST(loaded->config.network.interfaces.empty());
    BOOST_REQUIRE(loaded->warnings.size() == 4U); // this_node's port, peers, and two keys without a meaning
    BOOST_TEST(contains(loaded->warnings[2], "node.toml:7:1: net_timeout_ms: ignored: "));
    BOOST_TEST(contains(loaded->warnings[3], "node.toml:9:1: election_retry_ms: ignored: "));
}

BOOST_AUTO_TEST_CASE(an_election_section_in_seconds_loads) {
    const auto loaded = load(
        "[election]\nheartbeat_interval_secs = 1\nfailure_timeout_secs = 3\nmonitor_interval_secs = 1\n");
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST((loaded->config.election.heartbeat_interval == 1000ms));
    BOOST_TEST((loaded->config.election.failure_timeout == 3000ms));
    BOOST_REQUIRE(loaded->warnings.size() == 1U);
    BOOST_TEST(contains(loaded->warnings[0], "monitor_interval_secs: ignored: "));
}

BOOST_AUTO_TEST_CASE(addresses_of_other_machines_become_an_interface_and_unicast_peers) {
    const auto loaded =
        load("this_node = \"10.40.6.26:8080\"\npeers = [\"10.40.6.26:8080\", \"10.40.6.27:8081\", "
             "\"127.0.0.1:8082\", \"10.40.6.27:9\"]\n");
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST((loaded->config.network.interfaces == std::vector<std::string>{"10.40.6.26"}));
    BOOST_TEST(
        (loaded->config.network.peers == std::vector<PeerAddress>{{"10.40.6.26", 0}, {"10.40.6.27", 0}}));
    BOOST_TEST(loaded->config.network.ttl == 1);
    BOOST_TEST(load("this_node = \"0.0.0.0:8080\"\n")->config.network.lan);
}

BOOST_AUTO_TEST_CASE(a_wrong_value_of_one_of_their_keys_is_an_error_with_its_place) {
    for (const char* text :
         {"peers = 3", "peers = [3]", "peers = [\"a b\"]", "this_node = \"nowhere\"", "this_node = 1",
          "shared_dir = 1", "shared_dir = \"\"", "heartbeat_interval_ms = \"x\"",
          "heartbeat_interval_ms = 60001", "leader_term_ms = -1",
          "[election]\nfailure_timeout_secs = 9223372036854775807"}) {
        const std::string line = line_of(load(text));
        BOOST_TEST(line.starts_with("node.toml:"), text);
        BOOST_TEST(!contains(line, "unknown key"), text);
    }
    BOOST_TEST(
        contains(line_of(load("[network]\nthis_node = \"127.0.0.1:1\"\n")), "unknown key network.this_node"));
}

BOOST_AUTO_TEST_CASE(their_variables_are_taken) {
    const Environment environment{{"NODE_ID", "3"},        {"SHARED_DIR", "/srv/images"},
                                  {"BIND", "192.168.1.5"}, {"API_PORT", "3001"},
                                  {"RUST_LOG", "debug"},   {"HOME", "/root"}};
    const auto settings = settings_of_predecessor_variables(environment, Program::node);
    BOOST_REQUIRE(settings.has_value());
    const auto config = build(*settings, plenty_of_memory_mib).value().config;
    BOOST_TEST((config.node.id == NodeId{3}));
    BOOST_TEST(config.storage.store == "dir:/srv/images");
    BOOST_TEST((config.network.interfaces == std::vector<std::string>{"192.168.1.5"}));
    BOOST_TEST((config.http.listen.at == Endpoint{0x7f000001, 3001}));
    BOOST_TEST(config.http.listen.asked);
    BOOST_TEST((config.log.level == LogLevel::debug));
}

BOOST_AUTO_TEST_CASE(bind_to_every_address_means_the_lan_and_a_bucket_is_a_store) {
    const auto settings = settings_of_predecessor_variables(
        {{"BIND", "0.0.0.0:7001"}, {"FIREBASE_BUCKET", "b.firebasestorage.app"}}, Program::node);
    BOOST_REQUIRE(settings.has_value());
    const auto config = build(*settings, plenty_of_memory_mib).value().config;
    BOOST_TEST(config.network.lan);
    BOOST_TEST(config.storage.store == "gs://b.firebasestorage.app");
}

BOOST_AUTO_TEST_CASE(a_client_leaves_the_variables_of_nodes_alone) {
    const auto settings =
        settings_of_predecessor_variables({{"NODE_ID", "x"}, {"API_PORT", "x"}}, Program::client);
    BOOST_REQUIRE(settings.has_value());
    BOOST_TEST(settings->list.empty());
}

BOOST_AUTO_TEST_CASE(what_their_variables_cannot_mean_is_an_error_except_the_shared_rust_log) {
    const auto line = [](const Environment& e) {
        return line_of(settings_of_predecessor_variables(e, Program::node));
    };
    BOOST_TEST(line({{"NODE_ID", "one"}}).starts_with("NODE_ID: node.id is \"one\", must be"));
    BOOST_TEST(line({{"NODE_ID", "4294967296"}}) != "");
    BOOST_TEST(line({{"API_PORT", "0"}}).starts_with("API_PORT: "));
    BOOST_TEST(line({{"BIND", "eth0"}}) == "BIND: \"eth0\" is not an IPv4 address");
    const auto level = [](std::string text) {
        return settings_of_predecessor_variables({{"RUST_LOG", std::move(text)}}, Program::node).value();
    };
    BOOST_TEST((level("WARN,hyper=info").list[0].value == Value{std::string{"warn"}}));
    BOOST_TEST((level("cloud_p2p=trace").list[0].value == Value{std::string{"debug"}}));
    BOOST_TEST(level("banana").list.empty());
    BOOST_TEST(level("banana").warnings.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
