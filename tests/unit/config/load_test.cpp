#include "config/load.hpp"
#include "support.hpp"
#include "support/temp_folder.hpp"

using namespace cp;
using namespace cp::config;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(load_suite)

BOOST_AUTO_TEST_CASE(an_empty_file_gives_the_defaults) {
    const auto loaded = load("");
    BOOST_REQUIRE(loaded.has_value());
    for (const Key& key : keys()) BOOST_TEST((key.get(loaded->config) == key.get(Config{})), dotted(key));
    BOOST_TEST((loaded->config.network.control() == Endpoint{0xefff4350, 7700}));
    BOOST_TEST((loaded->config.network.data() == Endpoint{0xefff4351, 7701}));
}

BOOST_AUTO_TEST_CASE(toml_and_json_say_the_same) {
    const auto toml = load("[node]\nid = 3\n[network]\ninterfaces = [\"eth*\"]\n[client]\ntimeout_s = 2.5\n");
    const auto json =
        load(R"({"node": {"id": 3}, "network": {"interfaces": ["eth*"]}, "client": {"timeout_s": 2.5}})",
             "node.json");
    BOOST_REQUIRE(toml.has_value());
    BOOST_REQUIRE(json.has_value());
    for (const Key& key : keys()) BOOST_TEST((key.get(toml->config) == key.get(json->config)), dotted(key));
    BOOST_TEST((toml->config.node.id == NodeId{3}));
    BOOST_TEST(toml->config.client.timeout.count() == 2.5);
    BOOST_TEST(toml->config.network.ttl == 1); // an interface was named, so datagrams must leave
}

BOOST_AUTO_TEST_CASE(an_unknown_key_names_the_nearest_and_its_place) {
    BOOST_TEST(line_of(load("[election]\n  hartbeat_interval_ms = 20\n")) ==
               "node.toml:2:3: unknown key election.hartbeat_interval_ms: did you mean "
               "election.heartbeat_interval_ms?");
    BOOST_TEST(line_of(load("{\n  \"election\": {\"hartbeat_interval_ms\": 20}}", "node.json")) ==
               "node.json:2:16: unknown key election.hartbeat_interval_ms: did you mean "
               "election.heartbeat_interval_ms?");
    BOOST_TEST(line_of(load("prot = 1\n")) == "node.toml:1:1: unknown key prot: did you mean network.port?");
    BOOST_TEST(line_of(load("[netwrok]\nport = 1\n")) ==
               "node.toml:1:2: unknown section [netwrok]: did you mean [network]?");
    BOOST_TEST(contains(line_of(load("network = 3\n")), "network is a section"));
}

BOOST_AUTO_TEST_CASE(a_wrong_type_or_range_names_the_value_its_place_and_what_is_allowed) {
    BOOST_TEST(line_of(load("[network]\nport = \"x\"\n")) ==
               "node.toml:2:1: network.port is \"x\", must be an integer 1..65535");
    BOOST_TEST(line_of(load("[network]\nport = 70000\n")) ==
               "node.toml:2:1: network.port is 70000, must be an integer 1..65535");
    BOOST_TEST(line_of(load("[network]\nport = 7700.0\n")) ==
               "node.toml:2:1: network.port is 7700, must be an integer 1..65535");
    BOOST_TEST(line_of(load("[network]\npeers = [1]\n")) ==
               "node.toml:2:1: network.peers is a list of other things, must be a list of HOST or HOST:PORT");
    BOOST_TEST(line_of(load("[log]\nlevel = 1979-05-27\n")) ==
               "node.toml:2:1: log.level is a date or null, must be one of debug, info, warn, error");
    BOOST_TEST(line_of(load(R"({"log": {"level": null}})", "n.json")) ==
               "n.json:1:10: log.level is a date or null, must be one of debug, info, warn, error");
    BOOST_TEST(line_of(load(R"({"network": {"port": 18446744073709551615}})", "n.json"))
                   .starts_with("n.json:1:14: "));
    BOOST_TEST(line_of(load("[client]\ntimeout_s = nan\n")) != "");
}

BOOST_AUTO_TEST_CASE(an_error_line_is_one_printable_line_whatever_the_file_holds) {
    for (const auto& [text, file] : {std::pair{"[log]\nlevel = \"a\\nb\\u001b[31m\"\n", "n.toml"},
                                     {"[\"a\\nb\"]\n", "n.toml"},
                                     {R"({"a\nb": 1})", "n.json"},
                                     {"{\"log\": {\"level\": \"\xff\"}}", "n.json"}}) {
        const std::string line = line_of(load(text, file));
        BOOST_TEST(!line.empty(), text);
        BOOST_TEST(line.find_first_of("\n\x1b\xff") == std::string::npos, line);
    }
}

BOOST_AUTO_TEST_CASE(syntax_errors_have_their_place) {
    for (const char* text :
         {"[=]", "[,", "[[", "[ ", "[]", "[", "[a", "=", "a", "a=", "a=[", "a={", "a.=1", "\"", "a=\"\"\""}) {
        BOOST_TEST(line_of(load(text)).starts_with("node.toml:1:"), text);
    }
    BOOST_TEST(line_of(load("[network]\nport = = 1\n")).starts_with("node.toml:2:"));
    BOOST_TEST(contains(line_of(load("[network]\nport = 1\nport = 2\n")), "port"));
    BOOST_TEST(line_of(load("{\n\"network\": {,}}", "n.json")).starts_with("n.json:2:13: "));
    BOOST_TEST(line_of(load("{} x", "n.json")).starts_with("n.json:1:4: "));
    BOOST_TEST(line_of(load("{\"node\": {\"id\": 1", "n.json")) != "");
    BOOST_TEST(line_of(load("", "n.json")) != "");
    BOOST_TEST(line_of(load("[]", "n.json")) == "n.json:1:1: must be an object { … }");
    BOOST_TEST(line_of(load("{\"node\": {\"id\": 1, \"id\": 2}}", "n.json")) ==
               "n.json:1:20: duplicate key \"id\"");
    BOOST_TEST(line_of(load(std::string(1000, '['), "n.json")) != ""); // nesting is bounded
    BOOST_TEST(line_of(load("a = " + std::string(100'000, '['))) != "");
}

// toml++ 3.3 runs into undefined behaviour on the first three (tests/fuzz/corpus/config/toml_unreachable_*).
BOOST_AUTO_TEST_CASE(characters_beyond_ascii_are_errors_or_kept_but_never_undefined) {
    BOOST_TEST(line_of(load("[ \ufec07\n")).starts_with("node.toml:1:"));
    BOOST_TEST(line_of(load("de=0\"\ufef7")).starts_with("node.toml:1:"));
    const auto multi_line = load("[storage]\nstore = \"\"\"\\\n  dir:§\"\"\"\n");
    BOOST_REQUIRE_MESSAGE(multi_line.has_value(), line_of(multi_line));
    BOOST_TEST(multi_line->config.storage.store == "dir:§");

    const auto kept = load("\xef\xbb\xbf# ä\n[storage]\nstore = \"dir:ö\u2028\\u00e4\U0001f600\uffff\"\n");
    BOOST_REQUIRE_MESSAGE(kept.has_value(), line_of(kept));
    BOOST_TEST(kept->config.storage.store == "dir:ö\u2028ä\U0001f600\uffff");
    BOOST_TEST(
        line_of(load("# ä\n\"öde\" = 1\n")).starts_with("node.toml:2:1: unknown key öde: did you mean "));
    BOOST_TEST(line_of(load("# ä\n[network]\nöde = 1\n")).starts_with("node.toml:3:1: "));
    BOOST_TEST(line_of(load("# ä\n# ö\xff\n")).starts_with("node.toml:2:4: not UTF-8"));
    BOOST_TEST(line_of(load("# \U000f00e4\n")).starts_with("node.toml:1:3: "));
}

BOOST_AUTO_TEST_CASE(json_escapes_and_numbers_at_the_end_are_read_whole) {
    const auto loaded = load(R"({"storage": {"store": "dir:\u00fc\\\"x"}, "node": {"id": 42}})", "n.json");
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST(loaded->config.storage.store == "dir:ü\\\"x");
    BOOST_TEST((loaded->config.node.id == NodeId{42}));
}

BOOST_AUTO_TEST_CASE(the_profile_sets_the_heartbeat_and_explicit_milliseconds_win) {
    const auto election = [](std::string_view text) { return load(text).value().config.election; };
    BOOST_TEST((election("[election]\nprofile = \"quiet\"\n").heartbeat_interval == 50ms));
    BOOST_TEST((election("[election]\nprofile = \"quiet\"\n").failure_timeout == 250ms));
    BOOST_TEST((election("[election]\nprofile = \"realtime\"\n").heartbeat_interval == 10ms));
    BOOST_TEST((election("[election]\nprofile = \"realtime\"\n").failure_timeout == 50ms));
    const auto mixed = election("[election]\nprofile = \"quiet\"\nheartbeat_interval_ms = 30\n");
    BOOST_TEST((mixed.heartbeat_interval == 30ms));
    BOOST_TEST((mixed.failure_timeout == 150ms)); // five of the heartbeats that hold
    BOOST_TEST(
        (election("[election]\nheartbeat_interval_ms = 30\nfailure_timeout_ms = 90\n").failure_timeout ==
         90ms));
}

BOOST_AUTO_TEST_CASE(later_settings_win_and_automatic_undoes_an_earlier_value) {
    Settings settings =
        parse_config("[election]\nheartbeat_interval_ms = 33\n[network]\nport = 1000\n", "a.toml").value();
    settings.append(
        parse_config("[election]\nheartbeat_interval_ms = 0\n[network]\nport = 2000\n", "b.toml").value());
    const auto loaded = build(settings, plenty_of_memory_mib);
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST((loaded->config.election.heartbeat_interval == 20ms));
    BOOST_TEST(loaded->config.network.port == 2000);
}

BOOST_AUTO_TEST_CASE(relations_between_keys_are_checked_and_say_what_to_change) {
    BOOST_TEST(
        line_of(load("[election]\nheartbeat_interval_ms = 20\nfailure_timeout_ms = 59\n")) ==
        "node.toml:3:1: election.failure_timeout_ms 59 is below 3 x heartbeat_interval_ms 20: make it 60 or "
        "more, or 0 for 5 heartbeats");
    BOOST_TEST(load("[election]\nheartbeat_interval_ms = 20\nfailure_timeout_ms = 60\n").has_value());
    BOOST_TEST(contains(line_of(load("[election]\nelection_timeout_min_ms = 301\n")),
                        "election_timeout_max_ms 300"));
    BOOST_TEST(load("[election]\nelection_timeout_min_ms = 300\n").has_value());
    BOOST_TEST(contains(line_of(load("[network]\nport = 65535\n")), "at most 65534"));
    BOOST_TEST(load("[network]\nport = 65534\n").has_value());
    BOOST_TEST(contains(line_of(load("[election]\nquorum = 1\n")), "leader alone"));
    BOOST_TEST(load("[election]\nquorum = 2\n").has_value());
    BOOST_TEST(contains(line_of(load("[election]\nleader_term_ms = 399\n")), "leader_term_ms 399"));
    BOOST_TEST(load("[election]\nleader_term_ms = 400\n").has_value());
    BOOST_TEST(contains(line_of(load("[election]\nweight_cpu = 0\nweight_tasks = 0\nweight_memory = 0\n")),
                        "all 0"));
    BOOST_TEST(contains(line_of(load("[http]\ncert = \"a.pem\"\n")), "belong together"));
    BOOST_TEST(contains(line_of(load("[http]\nkey = \"a.pem\"\n")), "belong together"));
    BOOST_TEST(contains(line_of(load("[http]\nmax_image_side = 101\n[imaging]\nmax_side = 100\n")),
                        "imaging.max_side 100"));
    BOOST_TEST(contains(line_of(load("[tasks]\nmemory_budget_mib = 511\n")), "make it 512 or more"));
    BOOST_TEST(load("[tasks]\nmemory_budget_mib = 512\n").has_value());
}

BOOST_AUTO_TEST_CASE(the_automatic_memory_budget_is_a_quarter_of_the_machine_at_most_1024) {
    const auto on = [](std::uint64_t mib) { return build({}, mib).value(); };
    BOOST_TEST(on(64 << 10).config.tasks.memory_budget_mib == 1024U);
    BOOST_TEST(on(4096).config.tasks.memory_budget_mib == 1024U);
    BOOST_TEST(on(2048).config.tasks.memory_budget_mib == 512U);
    BOOST_TEST(on(2048).warnings.empty());
    const auto small = on(1024); // 256 MiB hold an upload of 128 MiB and its result
    BOOST_TEST(small.config.imaging.max_bytes == 128U << 20U);
    BOOST_TEST(small.warnings.empty());
    const auto asked = build(parse_config("[imaging]\nmax_bytes = 200000000\n", "a.toml").value(), 1024);
    BOOST_TEST(asked->config.imaging.max_bytes == 128U << 20U);
    BOOST_TEST_REQUIRE(asked->warnings.size() == 1U);
    BOOST_TEST(asked->warnings[0].starts_with("a.toml:2:1: imaging.max_bytes is lowered to 134217728"));
}

BOOST_AUTO_TEST_CASE(loopback_is_left_only_when_something_positive_says_so) {
    const auto loopback = [](bool lan, std::vector<std::string> interfaces) {
        NetworkSection network;
        network.lan = lan;
        network.interfaces = std::move(interfaces);
        return loopback_only(network);
    };
    BOOST_TEST(loopback(false, {}));
    BOOST_TEST(!loopback(true, {}));
    BOOST_TEST(loopback(false, {"!docker*"}));
    BOOST_TEST(!loopback(true, {"!docker*"}));
    BOOST_TEST(loopback(false, {"lo", "!eth0"}));
    BOOST_TEST(loopback(true, {"127.0.0.1"}));
    BOOST_TEST(!loopback(false, {"lo", "eth0"}));
}

BOOST_AUTO_TEST_CASE(variables_set_keys_and_unknown_ones_are_named) {
    const auto from = [](const Environment& environment) { return settings_of_environment(environment); };
    const auto good =
        from({{"CLOUDP2P_NETWORK_PORT", "9000"}, {"CLOUDP2P_NETWORK_PEERS", "a,b:1"}, {"PATH", "/"}});
    BOOST_REQUIRE(good.has_value());
    const auto config = build(*good, plenty_of_memory_mib).value().config;
    BOOST_TEST(config.network.port == 9000);
    BOOST_TEST(config.network.peers.size() == 2U);
    BOOST_TEST(line_of(from({{"CLOUDP2P_NETWORK_PORT", "x"}})) ==
               "CLOUDP2P_NETWORK_PORT: network.port is \"x\", must be an integer 1..65535");
    BOOST_TEST(line_of(from({{"CLOUDP2P_NETWORK_PROT", "1"}})) ==
               "unknown variable CLOUDP2P_NETWORK_PROT: did you mean CLOUDP2P_NETWORK_PORT?");
    BOOST_TEST(contains(line_of(from({{"CLOUDP2P_NETWROK_PORT", "1"}})), "CLOUDP2P_NETWORK_PORT"));
    BOOST_TEST(from({{"CLOUDP2P_NETWORK_PORT", ""}})->list.empty()); // empty counts as absent
    BOOST_TEST(from({{"CLOUDP2P_TOKEN", "secret"}})->list.empty());  // not configuration, of another tool
}

BOOST_AUTO_TEST_CASE(every_key_can_be_set_by_its_variable) {
    for (const Key& key : keys()) {
        const Value value = key.get(Config{});
        std::string text = to_text(value);
        std::erase_if(text, [](char c) { return c == '"' || c == '[' || c == ']'; });
        if (text.empty()) continue;
        const auto settings = settings_of_environment({{variable(key), text}});
        BOOST_TEST(settings.has_value(), variable(key) << "=" << text);
        BOOST_TEST(settings->list.size() == 1U, variable(key));
    }
}

BOOST_AUTO_TEST_CASE(reading_a_file_names_what_is_wrong_with_it) {
    const test::TempFolder directory;
    const auto missing = read_config_file(directory.path() / "none.toml");
    BOOST_REQUIRE(!missing.has_value());
    BOOST_TEST((missing.error().code == errc::not_found));
    BOOST_TEST(contains(missing.error().line, "none.toml: no such file"));
    const auto folder = read_config_file(directory.path());
    BOOST_REQUIRE(!folder.has_value());
    BOOST_TEST((folder.error().code == errc::unreadable));
    test::write_text(directory / "big.toml", std::string((1 << 20) + 1, '#'));
    const auto big = read_config_file(directory.path() / "big.toml");
    BOOST_REQUIRE(!big.has_value());
    BOOST_TEST((big.error().code == errc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
