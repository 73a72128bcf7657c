#include "base/nearest.hpp"
#include "config/key.hpp"
#include "support.hpp"
#include "support/temp_folder.hpp"

#include <fstream>
#include <set>
#include <sstream>

using namespace cp;
using namespace cp::config;

namespace {

// Boundaries of a key that has a range.
Value number(const Key& key, double value) {
    if (key.kind == Kind::integer) return static_cast<std::int64_t>(value);
    return value;
}

// The files in configs/ are what render_toml() writes, so a comment there cannot go stale. When this fails,
// copy the file that it names.
void check_file(const std::string& name, const std::string& rendered) {
    const auto path = std::filesystem::path{CP_TESTS_DIR}.parent_path() / "configs" / name;
    if (test::read_text(path) == rendered) return;
    const auto expected = std::filesystem::current_path() / (name + ".expected");
    std::ofstream{expected} << rendered;
    BOOST_ERROR("cp " + expected.string() + " " + path.string());
}

// What users, scripts and deployed files rely on. Adding is free; a name that goes away breaks them.
constexpr std::string_view promised_keys =
    "node.id node.cluster node.key_file node.data_dir network.lan network.interfaces network.group "
    "network.port "
    "network.ttl network.peers network.max_rate election.policy election.profile election.preempt "
    "election.quorum "
    "election.heartbeat_interval_ms election.failure_timeout_ms election.election_timeout_min_ms "
    "election.election_timeout_max_ms election.leader_term_ms election.weight_cpu election.weight_tasks "
    "election.weight_memory election.cpu_refresh_ms election.crash_link dispatch.policy "
    "tasks.memory_budget_mib "
    "tasks.result_ttl_s tasks.keep_results imaging.max_bytes imaging.max_pixels imaging.max_side "
    "storage.store "
    "http.listen http.auth http.follower http.cert http.key http.max_image_side http.images_per_user "
    "http.presence_timeout_s log.level log.format client.timeout_s client.images_dir client.ca";

constexpr std::string_view local_headline =
    "Every key with its default. Three nodes on one machine need none of it: start them with IDs 1, 2 and 3. "
    "An option wins over CLOUDP2P_<SECTION>_<KEY>, that wins over this file.";
constexpr std::string_view lan_headline =
    "Every key, for machines on one network. The same file on each; the ID comes from the command line or "
    "NODE_ID. "
    "Copy the cluster key first: scp HOST:.config/cloudp2p/cluster.key ~/.config/cloudp2p/";

} // namespace

BOOST_AUTO_TEST_SUITE(key_table)

BOOST_AUTO_TEST_CASE(every_key_is_named_once_documented_and_complete) {
    std::set<std::string> names;
    for (const Key& key : keys()) {
        BOOST_TEST(names.insert(dotted(key)).second, dotted(key));
        BOOST_TEST(!key.doc.empty(), dotted(key));
        BOOST_TEST(key.doc.ends_with('.'), dotted(key));
        BOOST_TEST((key.set != nullptr && key.get != nullptr), dotted(key));
        BOOST_TEST((key.kind != Kind::list || key.fits != nullptr), dotted(key));
        BOOST_TEST(&key_named(dotted(key)) == &key);
    }
    BOOST_TEST(sections().size() == 10U);
    std::istringstream promised{std::string{promised_keys}};
    std::string name;
    std::size_t count = 0;
    for (; promised >> name; ++count) BOOST_TEST(names.contains(name), name);
    BOOST_TEST(names.size() == count);
}

BOOST_AUTO_TEST_CASE(every_default_is_a_legal_value_and_survives_being_stored) {
    for (const Key& key : keys()) {
        Config config;
        const Value value = key.get(config);
        BOOST_TEST(assign(key, config, value) == "", dotted(key));
        BOOST_TEST((key.get(config) == value), dotted(key));
    }
}

BOOST_AUTO_TEST_CASE(every_range_accepts_its_bounds_and_refuses_what_is_beyond) {
    int ranges = 0;
    for (const Key& key : keys()) {
        if (key.kind != Kind::integer && key.kind != Kind::number) continue;
        ++ranges;
        Config config;
        BOOST_TEST(assign(key, config, number(key, key.min)) == "", dotted(key));
        BOOST_TEST((key.get(config) == number(key, key.min)), dotted(key));
        BOOST_TEST(assign(key, config, number(key, key.max)) == "", dotted(key));
        BOOST_TEST((key.get(config) == number(key, key.max)), dotted(key)); // no narrowing on the way
        BOOST_TEST(assign(key, config, number(key, key.max + 1)) != "", dotted(key));
        if (key.min - 1 >= 0 && !key.automatic)
            BOOST_TEST(assign(key, config, number(key, key.min - 1)) != "");
        BOOST_TEST(assign(key, config, number(key, -1)) != "", dotted(key));
    }
    BOOST_TEST(ranges > 20);
}

BOOST_AUTO_TEST_CASE(every_word_of_a_choice_is_stored_as_itself) {
    for (const Key& key : keys()) {
        for (std::string_view word : key.words) {
            Config config;
            BOOST_TEST(assign(key, config, std::string{word}) == "");
            BOOST_TEST((key.get(config) == Value{std::string{word}}), dotted(key) << " " << word);
        }
        if (key.kind != Kind::word) continue;
        Config config;
        BOOST_TEST(contains(assign(key, config, std::string{"banana"}), "must be one of"), dotted(key));
    }
}

BOOST_AUTO_TEST_CASE(a_value_of_another_kind_is_refused) {
    const std::vector<Value> samples{true, std::int64_t{7}, 0.25, std::string{"x"},
                                     std::vector<std::string>{"x"}};
    const std::map<Kind, std::set<std::size_t>> fitting{{Kind::boolean, {0}},   {Kind::integer, {1}},
                                                        {Kind::number, {1, 2}}, {Kind::word, {}},
                                                        {Kind::text, {3}},      {Kind::list, {4}}};
    for (const Key& key : keys()) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
            Config config;
            const bool refused = !assign(key, config, samples[i]).empty();
            if (!fitting.at(key.kind).contains(i)) BOOST_TEST(refused, dotted(key) << " sample " << i);
        }
    }
}

BOOST_AUTO_TEST_CASE(texts_with_a_grammar_refuse_what_is_outside_it) {
    const auto refuses = [](std::string_view key, std::string_view text) {
        Config config;
        return !assign(key_named(key), config, from_text(key_named(key), text).value()).empty();
    };
    for (const char* group : {"239.255.67", "10.0.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.0",
                              "239.1.1.1x", "239.01.1.1", ""}) {
        BOOST_TEST(refuses("network.group", group), group);
    }
    BOOST_TEST(!refuses("network.group", "224.0.1.0"));
    BOOST_TEST(!refuses("network.group", "239.255.255.254"));
    for (const char* store : {"", "dir:", "s3://", "ftp://x", "/tmp"})
        BOOST_TEST(refuses("storage.store", store), store);
    for (const char* listen : {"", ":80", "0", "65536", "1.2.3:80", "host:80", "on"}) {
        BOOST_TEST(refuses("http.listen", listen), listen);
    }
    for (const char* listen : {"auto", "off", "1", "65535", "0.0.0.0:80", "localhost:3000"}) {
        BOOST_TEST(!refuses("http.listen", listen), listen);
    }
    for (const char* peer : {"host:", "host:0", "host:70000", ":1", "a_b", "-a", "a:1:2"}) {
        BOOST_TEST(refuses("network.peers", peer), peer);
    }
    BOOST_TEST(!refuses("network.peers", "a.example,10.0.0.1:7700 b"));
    for (const char* interface : {"!", "eth/0", "!!x", "a\tb"})
        BOOST_TEST(refuses("network.interfaces", interface));
    for (const std::string& name :
         {std::string{}, std::string(65, 'x'), std::string{"a b"}, std::string{"a\x01"}}) {
        BOOST_TEST(refuses("node.cluster", name), name);
    }
    BOOST_TEST(!refuses("node.cluster", std::string(64, 'x')));
    BOOST_TEST(refuses("node.data_dir", std::string_view{"a\0b", 3}));
}

BOOST_AUTO_TEST_CASE(texts_of_variables_and_flags_become_values_of_the_kind) {
    const Key& truth = key_named("election.preempt");
    for (const char* yes : {"yes", "true", "on", "1"}) BOOST_TEST((from_text(truth, yes) == Value{true}));
    for (const char* no : {"no", "false", "off", "0"}) BOOST_TEST((from_text(truth, no) == Value{false}));
    BOOST_TEST(!from_text(truth, "maybe").has_value());
    const Key& port = key_named("network.port");
    BOOST_TEST((from_text(port, "7700") == Value{std::int64_t{7700}}));
    for (const char* bad : {"", " 1", "1 ", "0x10", "1.5", "99999999999999999999"}) {
        BOOST_TEST(!from_text(port, bad).has_value(), bad);
    }
    BOOST_TEST((from_text(key_named("client.timeout_s"), "0.5") == Value{0.5}));
    BOOST_TEST((from_text(key_named("network.interfaces"), "eth*, !docker*,,lo") ==
                Value{std::vector<std::string>{"eth*", "!docker*", "lo"}}));
}

BOOST_AUTO_TEST_CASE(variables_are_named_after_section_and_key) {
    BOOST_TEST(variable(key_named("election.heartbeat_interval_ms")) ==
               "CLOUDP2P_ELECTION_HEARTBEAT_INTERVAL_MS");
}

BOOST_AUTO_TEST_CASE(the_nearest_key_prefers_its_own_section_but_finds_the_right_name_elsewhere) {
    BOOST_TEST(dotted(nearest_key("election", "hartbeat_interval_ms")) == "election.heartbeat_interval_ms");
    BOOST_TEST(dotted(nearest_key("dispatch", "polcy")) == "dispatch.policy");
    BOOST_TEST(dotted(nearest_key("election", "polcy")) == "election.policy");
    BOOST_TEST(dotted(nearest_key("node", "port")) == "network.port");
    BOOST_TEST(edit_distance("kitten", "sitting") == 3U);
    BOOST_TEST(edit_distance("", "abc") == 3U);
    BOOST_TEST(edit_distance(std::string(100, 'a'), std::string(100, 'b')) == 64U);
}

BOOST_AUTO_TEST_CASE(configs_local_toml_holds_every_key_with_its_default) {
    check_file("local.toml", render_toml({}, local_headline));
    const auto loaded =
        load(test::read_text(std::filesystem::path{CP_TESTS_DIR}.parent_path() / "configs/local.toml"));
    BOOST_REQUIRE(loaded.has_value());
    for (const Key& key : keys()) BOOST_TEST((key.get(loaded->config) == key.get(Config{})), dotted(key));
    BOOST_TEST(!loaded->config.http.listen.asked);
    BOOST_TEST(loaded->warnings.empty());
}

BOOST_AUTO_TEST_CASE(configs_lan_toml_holds_every_key_for_a_network) {
    Config config;
    config.network.lan = true;
    config.network.ttl = 1;
    config.storage.store = "dir:/shared/images";
    check_file("lan.toml", render_toml(config, lan_headline, std::array<std::string_view, 1>{"network.ttl"}));
    const auto loaded =
        load(test::read_text(std::filesystem::path{CP_TESTS_DIR}.parent_path() / "configs/lan.toml"));
    BOOST_REQUIRE(loaded.has_value());
    for (const Key& key : keys()) BOOST_TEST((key.get(loaded->config) == key.get(config)), dotted(key));
}

BOOST_AUTO_TEST_SUITE_END()
