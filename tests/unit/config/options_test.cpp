#include "config/command_line.hpp"
#include "config/options.hpp"
#include "config/version.hpp"
#include "support.hpp"
#include "support/temp_folder.hpp"

#include <fstream>
#include <sstream>

using namespace cp;
using config::Program;

namespace {

using Words = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

Surroundings around(Environment environment = {}, Files files = {}) {
    const auto read = [files = std::move(files)](const std::filesystem::path& path) -> Outcome<std::string> {
        const auto found = files.find(path.string());
        if (found == files.end()) return Failure{errc::not_found, path.string() + ": no such file"};
        return found->second;
    };
    return {.environment = std::move(environment), .read_file = read, .memory_mib = plenty_of_memory_mib};
}

Outcome<NodeOptions> node(const Words& arguments, const Surroundings& surroundings = around()) {
    return parse_node(arguments, surroundings);
}
Outcome<ClientOptions> client(const Words& arguments, const Surroundings& surroundings = around()) {
    return parse_client(arguments, surroundings);
}

template <class T>
void check_usage(const Outcome<T>& outcome, std::string_view part) {
    BOOST_REQUIRE(!outcome.has_value());
    const Failure& failure = outcome.error();
    BOOST_TEST((failure.code == errc::usage), failure.line);
    BOOST_TEST(contains(failure.line, part), failure.line);
    // One line, and one with an example.
    BOOST_TEST(std::ranges::count(failure.line, '\n') == 1, failure.line);
    BOOST_TEST(contains(failure.line, "\nexample: "), failure.line);
}

} // namespace

BOOST_AUTO_TEST_SUITE(node_options)

BOOST_AUTO_TEST_CASE(no_argument_at_all_gives_a_loopback_node_without_an_id) {
    const auto options = node({});
    BOOST_REQUIRE(options.has_value());
    BOOST_TEST((options->action == NodeOptions::Action::run));
    BOOST_TEST(!options->config.node.id);
    BOOST_TEST(loopback_only(options->config.network));
    BOOST_TEST(options->warnings.empty());
}

BOOST_AUTO_TEST_CASE(every_option_of_a_node_reaches_its_key) {
    const auto options = node({"--lan",
                               "--interface",
                               "eth*",
                               "--interface=!docker*",
                               "--group",
                               "239.1.2.3",
                               "--port",
                               "9000",
                               "--ttl",
                               "3",
                               "--peer",
                               "a:1",
                               "--peer",
                               "b",
                               "7",
                               "--cluster",
                               "blue",
                               "--key-file",
                               "k",
                               "--new-cluster",
                               "--data-dir",
                               "d",
                               "--election",
                               "load",
                               "--dispatch",
                               "least-loaded",
                               "--quorum",
                               "2",
                               "--preempt",
                               "no",
                               "--leader-term-ms",
                               "10000",
                               "--store",
                               "s3://b",
                               "--http",
                               "0.0.0.0:80",
                               "--http-auth",
                               "none",
                               "--http-follower",
                               "proxy",
                               "--max-rate",
                               "100",
                               "--log-level",
                               "debug",
                               "--log-format",
                               "json"});
    BOOST_REQUIRE_MESSAGE(options.has_value(), line_of(options));
    const Config& c = options->config;
    BOOST_TEST((c.node.id == NodeId{7}));
    BOOST_TEST(c.network.lan);
    BOOST_TEST((c.network.interfaces == Words{"eth*", "!docker*"}));
    BOOST_TEST(c.network.group == 0xef010203U);
    BOOST_TEST(c.network.port == 9000);
    BOOST_TEST(c.network.ttl == 3);
    BOOST_TEST((c.network.peers == std::vector<PeerAddress>{{"a", 1}, {"b", 0}}));
    BOOST_TEST(c.node.cluster == "blue");
    BOOST_TEST(c.node.key_file == "k");
    BOOST_TEST(options->new_cluster);
    BOOST_TEST(c.node.data_dir == "d");
    BOOST_TEST((c.election.policy == ElectionPolicy::load));
    BOOST_TEST((c.dispatch.policy == DispatchPolicy::least_loaded));
    BOOST_TEST(c.election.quorum == 2U);
    BOOST_TEST(!c.election.preempt);
    BOOST_TEST((c.election.leader_term == std::chrono::seconds{10}));
    BOOST_TEST(c.storage.store == "s3://b");
    BOOST_TEST((c.http.listen == HttpListen{true, {0, 80}, true}));
    BOOST_TEST((c.http.auth == HttpAuth::none));
    BOOST_TEST((c.http.follower == HttpFollower::proxy));
    BOOST_TEST(c.network.max_rate == 100U);
    BOOST_TEST((c.log.level == LogLevel::debug));
    BOOST_TEST((c.log.format == LogFormat::json));
}

BOOST_AUTO_TEST_CASE(flag_wins_over_variable_over_their_variable_over_file_over_default) {
    const Files files{
        {"n.toml", "[node]\nid = 1\n[network]\nport = 1\n[http]\nlisten = \"1\"\n[log]\nlevel = \"warn\"\n"}};
    const Environment environment{{"CONFIG_FILE", "n.toml"},
                                  {"NODE_ID", "2"},
                                  {"API_PORT", "2"},
                                  {"CLOUDP2P_HTTP_LISTEN", "3"},
                                  {"CLOUDP2P_NODE_ID", "3"}};
    const auto options = node({"4"}, around(environment, files));
    BOOST_REQUIRE(options.has_value());
    BOOST_TEST((options->config.node.id == NodeId{4}));                      // flag
    BOOST_TEST(options->config.http.listen.at.port == 3);                    // our variable
    BOOST_TEST(options->config.network.port == 1);                           // file
    BOOST_TEST((options->config.log.level == LogLevel::warn));               // file
    BOOST_TEST((options->config.dispatch.policy == DispatchPolicy::leader)); // default
    BOOST_TEST((node({}, around({{"NODE_ID", "2"}, {"CONFIG_FILE", "n.toml"}}, files))->config.node.id ==
                NodeId{2}));
}

BOOST_AUTO_TEST_CASE(the_config_option_wins_over_config_file_and_a_missing_file_is_an_error) {
    const Files files{{"a.json", "{\"network\": {\"port\": 1}}"}, {"b.toml", "[network]\nport = 2\n"}};
    const auto options = node({"--config", "a.json"}, around({{"CONFIG_FILE", "b.toml"}}, files));
    BOOST_TEST(options->config.network.port == 1);
    const auto missing = node({"--config", "c.toml"}, around({}, files));
    BOOST_REQUIRE(!missing.has_value());
    BOOST_TEST((missing.error().code == errc::not_found));
    const auto wrong = node({}, around({{"CONFIG_FILE", "d.toml"}}, {{"d.toml", "x = 1"}}));
    BOOST_REQUIRE(!wrong.has_value());
    BOOST_TEST((wrong.error().code == errc::bad_config));
}

BOOST_AUTO_TEST_CASE(words_other_than_an_id_say_what_else_to_do) {
    BOOST_TEST((node({"token"})->action == NodeOptions::Action::token));
    BOOST_TEST((node({"--store", "dir:x", "check-store"})->action == NodeOptions::Action::check_store));
    BOOST_TEST((node({"4294967295"})->config.node.id == NodeId{4294967295}));
    for (const char* word : {"0", "4294967296", "-1", "three", "", "tokens"}) check_usage(node({word}), word);
    check_usage(node({"1", "2"}), "\"2\" is one too many");
}

BOOST_AUTO_TEST_CASE(wrong_options_get_one_line_and_an_example) {
    check_usage(node({"--prot", "1"}), "unknown option --prot: did you mean --port?");
    check_usage(node({"--prot=1"}), "unknown option --prot: did you mean --port?");
    check_usage(node({"-x"}), "unknown option -x");
    check_usage(node({"--json"}), "unknown option --json");
    check_usage(node({"--port"}), "--port needs a value");
    check_usage(node({"--port", "--lan"}), "--port needs a value");
    check_usage(node({"--cluster", "--lan"}), "--cluster needs a value");
    check_usage(node({"--port", "x"}), "--port: network.port is \"x\", must be an integer 1..65535");
    check_usage(node({"--peer", "a b"}),
                "--peer: network.peers is [\"a b\"], must be a list of HOST or HOST:PORT");
    check_usage(node({"--lan=no"}), "--lan takes no value");
    check_usage(node({"--preempt", "perhaps"}), "--preempt");
    check_usage(node({"--election", "coin"}), "must be one of id, load");
}

BOOST_AUTO_TEST_CASE(of_an_option_given_twice_the_last_counts) {
    BOOST_TEST(node({"--port", "1", "--port=2"})->config.network.port == 2);
}

BOOST_AUTO_TEST_CASE(a_relation_broken_by_a_flag_names_the_flag) {
    const auto options = node({"--port", "65535"});
    BOOST_REQUIRE(!options.has_value());
    BOOST_TEST(options.error().line.starts_with("--port: network.port 65535"), options.error().line);
}

BOOST_AUTO_TEST_CASE(the_predecessors_bucket_comes_from_the_environment) {
    const auto options = node({}, around({{"FIREBASE_BUCKET", "b"}}));
    BOOST_TEST(options->config.storage.store == "gs://b");
}

BOOST_AUTO_TEST_CASE(help_and_version_answer_even_when_the_rest_is_wrong) {
    const Surroundings broken = around({{"CONFIG_FILE", "missing"}});
    for (const char* flag : {"--help", "-h"}) {
        BOOST_TEST((node({flag}, broken)->action == NodeOptions::Action::show_help));
        BOOST_TEST((client({flag}, broken)->action == ClientOptions::Action::show_help)); // without USER
    }
    BOOST_TEST((node({"--version"}, broken)->text == "cloudp2p-node " + std::string{version} + "\n"));
    BOOST_TEST((client({"--version"}, broken)->text == "cloudp2p " + std::string{version} + "\n"));
    const auto lists = test::read_text(std::filesystem::path{CP_TESTS_DIR}.parent_path() / "CMakeLists.txt");
    BOOST_TEST(contains(lists, "VERSION " + std::string{version} + " "));
}

BOOST_AUTO_TEST_CASE(help_fits_80_columns_and_names_every_option) {
    for (const Program program : {Program::node, Program::client}) {
        const std::string help = config::help_text(program);
        std::istringstream lines{help};
        for (std::string line; std::getline(lines, line);) {
            BOOST_TEST(line.size() <= 80U, line);
            BOOST_TEST(!line.ends_with(' '), line);
        }
        for (const config::Option& option : config::options_of(program)) {
            BOOST_TEST(contains(help, "  " + std::string{option.name}), option.name);
            if (!option.key.empty()) BOOST_TEST(&config::key_named(option.key) != nullptr);
        }
    }
}

BOOST_AUTO_TEST_CASE(help_names_every_command) {
    for (const char* word : {"node token", "node check-store"})
        BOOST_TEST(contains(config::help_text(Program::node), word), word);
    for (const char* word : {"upload ", "hide ", "send-image ", "decrypt ", "extract ", "verify ",
                             "capacity ", "status", "members", "discover", "doctor", "register ", "online",
                             "users", "gallery ", "get ", "put ", "help "})
        BOOST_TEST(contains(config::help_text(Program::client), word), word);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_options)

BOOST_AUTO_TEST_CASE(a_user_alone_means_a_prompt_or_a_script) {
    const auto options = client({"alice"});
    BOOST_REQUIRE(options.has_value());
    BOOST_TEST(options->user == "alice");
    BOOST_TEST(options->words.empty());
    BOOST_TEST(options->config.client.timeout.count() == 30);
    BOOST_TEST(!options->timeout_asked);
}

BOOST_AUTO_TEST_CASE(options_are_recognised_wherever_they_stand) {
    for (const Words& arguments :
         {Words{"--json", "--timeout", "5", "--lan", "alice", "upload", "a.png", "b.png"},
          Words{"alice", "--json", "--timeout", "5", "--lan", "upload", "a.png", "b.png"},
          Words{"alice", "upload", "a.png", "--timeout=5", "b.png", "--json", "--lan"}}) {
        const auto options = client(arguments);
        BOOST_REQUIRE_MESSAGE(options.has_value(), line_of(options));
        BOOST_TEST(options->user == "alice");
        BOOST_TEST((options->words == Words{"upload", "a.png", "b.png"}));
        BOOST_TEST(options->json);
        BOOST_TEST(options->timeout_asked);
        BOOST_TEST(options->config.client.timeout.count() == 5);
        BOOST_TEST(options->config.network.ttl == 1);
    }
}

BOOST_AUTO_TEST_CASE(every_option_of_a_client_is_stored) {
    const auto options =
        client({"alice", "--quiet", "--keep-going", "--any-file", "--images-dir", "out", "--cluster", "c",
                "--key-file", "k", "--passphrase-file", "p", "--peer", "h"});
    BOOST_REQUIRE(options.has_value());
    BOOST_TEST((options->quiet && options->keep_going && options->any_file && !options->json));
    BOOST_TEST(options->config.client.images_dir == "out");
    BOOST_TEST(options->config.node.cluster == "c");
    BOOST_TEST(options->config.node.key_file == "k");
    BOOST_TEST(options->passphrase_file == "p");
    BOOST_TEST(client({"alice", "--user-key", "u"})->user_key == "u");
    check_usage(client({"alice", "--user-key", "u", "--passphrase-file", "p"}), "exclude one another");
}

BOOST_AUTO_TEST_CASE(options_of_a_command_stay_with_it_and_so_do_their_values) {
    const auto options = client({"alice", "hide", "p.png", "--text", "--json", "--method=lsb", "-o", "-x",
                                 "--cover", "c.png", "--quiet"});
    BOOST_REQUIRE_MESSAGE(options.has_value(), line_of(options));
    BOOST_TEST((options->words ==
                Words{"hide", "p.png", "--text", "--json", "--method=lsb", "-o", "-x", "--cover", "c.png"}));
    BOOST_TEST(!options->json); // it was the text to hide
    BOOST_TEST(options->quiet);
    BOOST_TEST((client({"alice", "hide", "--text"})->words == Words{"hide", "--text"}));
    BOOST_TEST((client({"alice", "hide", "--text", "--text", "--json"})->json));
}

BOOST_AUTO_TEST_CASE(two_dashes_end_the_options) {
    BOOST_TEST((client({"alice", "upload", "--", "--json", "-x.png"})->words ==
                Words{"upload", "--", "--json", "-x.png"}));
    BOOST_TEST((client({"--", "alice", "upload", "a"})->words == Words{"upload", "a"}));
    BOOST_TEST((client({"alice", "--", "upload", "--json"})->words == Words{"upload", "--json"}));
    BOOST_TEST((client({"alice", "upload", "-", ""})->words == Words{"upload", "-", ""}));
    BOOST_TEST((client({"alice", "upload", "--", "--", "x"})->words == Words{"upload", "--", "--", "x"}));
}

BOOST_AUTO_TEST_CASE(a_missing_or_impossible_user_is_a_usage_error) {
    check_usage(client({}), "USER is missing");
    check_usage(client({"--json"}), "USER is missing");
    check_usage(client({"--"}), "USER is missing");
    check_usage(client({"a/b"}), "contains '/'");
    check_usage(client({"alice", "upload", "--jsn"}), "unknown option --jsn: did you mean --json?");
    check_usage(client({"alice", "--timeout", "-1"}),
                "--timeout: client.timeout_s is -1, must be a number 0..86400");
    check_usage(client({"alice", "--timeout", "x"}), "--timeout");
    check_usage(client({"alice", "--http", "1"}), "unknown option --http");
}

BOOST_AUTO_TEST_CASE(a_timeout_is_asked_for_by_flag_or_variable_but_not_by_the_file) {
    BOOST_TEST(client({"a"}, around({{"CLOUDP2P_CLIENT_TIMEOUT_S", "3"}}))->timeout_asked);
    const auto filed =
        client({"a", "--config", "c.toml"}, around({}, {{"c.toml", "[client]\ntimeout_s = 3\n"}}));
    BOOST_TEST(!filed->timeout_asked);
    BOOST_TEST(filed->config.client.timeout.count() == 3);
}

BOOST_AUTO_TEST_CASE(words_that_look_like_the_parsers_own_marks_pass_unchanged) {
    BOOST_TEST((client({"alice", "upload",
                        "\x01"
                        "0",
                        "\x01"})
                    ->words == Words{"upload",
                                     "\x01"
                                     "0",
                                     "\x01"}));
    BOOST_TEST((client({"alice", "--images-dir",
                        "\x01"
                        "7"})
                    ->config.client.images_dir == "\x01"
                                                  "7"));
}

BOOST_AUTO_TEST_SUITE_END()
