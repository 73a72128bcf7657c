#include "client_core/command.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::client;

namespace {

using Words = std::vector<std::string>;

Outcome<Command> parse(const Words& words, const CommandHints& hints = {}) {
    return parse_command(words, hints);
}

template <class C>
C parsed(const Words& words) {
    Outcome<Command> command = parse(words);
    BOOST_TEST_REQUIRE(command.has_value(), words[0]);
    BOOST_TEST_REQUIRE(std::holds_alternative<C>(*command), words[0]);
    return std::get<C>(*command);
}

std::string refusal(const Words& words, const CommandHints& hints = {}) {
    const Outcome<Command> command = parse(words, hints);
    if (command.has_value()) return "accepted";
    return command.error().code == errc::usage ? command.error().line : "another code";
}

std::size_t longest_line(std::string_view text) {
    std::size_t longest = 0;
    for (std::size_t end = 0; !text.empty(); text.remove_prefix(end + 1)) {
        end = text.find('\n');
        longest = std::max(longest, end);
    }
    return longest;
}

const std::string upload_usage = "; usage: upload PATH..., for example: upload photo.jpg";

} // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(each_command_gets_its_arguments) {
    BOOST_TEST(parsed<Upload>({"upload", "a.png", "b c.png"}).paths == (Words{"a.png", "b c.png"}),
               boost::test_tools::per_element());
    BOOST_TEST(parsed<SendImage>({"send-image", "a"}).paths == Words{"a"}, boost::test_tools::per_element());
    BOOST_TEST(parsed<Decrypt>({"decrypt", "a"}).out.empty());
    BOOST_TEST(parsed<Verify>({"verify", "a"}).original.empty());
    BOOST_TEST(parsed<Verify>({"verify", "a", "b"}).original == "b");
    BOOST_TEST(parsed<Help>({"help", "upload"}).topic == "upload");
    parsed<Status>({"status"});
    parsed<Members>({"members"});
    parsed<Discover>({"discover"});
    parsed<Doctor>({"doctor"});
    parsed<Help>({"help"});
    parsed<Quit>({"quit"});
    parsed<Quit>({"exit"});
}

BOOST_AUTO_TEST_CASE(hide_and_extract_take_their_options) {
    const auto text = parsed<Hide>({"hide", "a.png", "--text", "t"});
    BOOST_TEST((text.path == "a.png" && text.text == "t" && text.cover.empty() && !text.plain));
    BOOST_TEST(parsed<Hide>({"hide", "--file", "f", "a.png"}).from_file == "f");
    BOOST_TEST(parsed<Hide>({"hide", "a.png", "--cover", "c"}).cover == "c");
    BOOST_TEST(parsed<Hide>({"hide", "a.png", "--text", "t", "--method", "lsb"}).plain);
    BOOST_TEST(!parsed<Hide>({"hide", "a.png", "--text", "t", "--method", "adaptive"}).plain);
    const auto extract = parsed<Extract>({"extract", "a.png", "-o", "b", "--method", "lsb"});
    BOOST_TEST((extract.file == "a.png" && extract.out == "b" && extract.plain));
    BOOST_TEST(parsed<Capacity>({"capacity", "a.png"}).path == "a.png");
}

BOOST_AUTO_TEST_CASE(hide_needs_exactly_one_thing_to_hide) {
    const std::string wanted = "hide: one of --text, --file and --cover says what is hidden where";
    BOOST_TEST(refusal({"hide", "a.png"}).starts_with(wanted));
    BOOST_TEST(refusal({"hide", "a.png", "--text", "t", "--file", "f"}).starts_with(wanted));
    BOOST_TEST(refusal({"hide", "--text", "t"}).starts_with("hide: PATH is missing"));
    BOOST_TEST(refusal({"hide", "a.png", "--file", "f", "--method", "lsb"})
                   .starts_with("hide: --method lsb hides a --text only"));
    BOOST_TEST(refusal({"hide", "a.png", "--text", "\xff\xfe", "--method", "lsb"})
                   .starts_with("hide: --method lsb hides UTF-8 text only"));
    BOOST_TEST(parsed<Hide>({"hide", "a.png", "--text", "\xff\xfe"}).text == "\xff\xfe");
    BOOST_TEST(refusal({"hide", "a.png", "--text", "t", "--method", "best"})
                   .starts_with("hide: --method is adaptive or lsb"));
    BOOST_TEST(refusal({"extract", "a.png", "--method", "best"})
                   .starts_with("extract: --method is adaptive or lsb"));
}

BOOST_AUTO_TEST_CASE(an_option_may_stand_before_or_after_and_two_dashes_end_them) {
    for (const Words& words : {Words{"decrypt", "a", "-o", "b"}, Words{"decrypt", "-o", "b", "a"},
                               Words{"decrypt", "-o", "b", "--", "a"}}) {
        const auto command = parsed<Decrypt>(words);
        BOOST_TEST(command.file == "a");
        BOOST_TEST(command.out == "b");
    }
    BOOST_TEST(parsed<Upload>({"upload", "--", "-o", "--"}).paths == (Words{"-o", "--"}),
               boost::test_tools::per_element());
    BOOST_TEST(parsed<Upload>({"upload", "-"}).paths == Words{"-"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_of_commands_match_their_table_lines) {
    for (const CommandEntry& entry : command_table()) {
        const Outcome<Command> command = parse(*split_line(entry.example));
        BOOST_TEST_REQUIRE(command.has_value());
        BOOST_TEST(command_name(*command) == entry.name);
    }
    BOOST_TEST(command_table().size() == std::variant_size_v<Command>);
}

BOOST_AUTO_TEST_CASE(examples_in_the_table_are_valid_commands) {
    for (const CommandEntry& entry : command_table()) {
        BOOST_TEST(parse(*split_line(entry.example)).has_value(), entry.example);
    }
}

BOOST_AUTO_TEST_CASE(wrong_arguments_get_the_usage_with_an_example) {
    BOOST_TEST(refusal({"upload"}) == "upload: PATH is missing" + upload_usage);
    BOOST_TEST(refusal({"upload", "a", ""}) == "upload: an empty name" + upload_usage);
    BOOST_TEST(refusal({"upload", "-x"}) ==
               "upload: no option '-x' (before such a name write --)" + upload_usage);
    BOOST_TEST(refusal({"status", "now\n"}) ==
               "status: nothing may follow here, but 'now\\n' does; usage: status, for example: status");
    const std::string decrypt_usage = "; usage: decrypt FILE [-o OUT], for example: decrypt "
                                      "images/encrypted_photo_1730738456.jpg -o photo.jpg";
    BOOST_TEST(refusal({"decrypt", "-o", "b"}) == "decrypt: FILE is missing" + decrypt_usage);
    BOOST_TEST(refusal({"decrypt", "a", "-o"}) == "decrypt: '-o' needs a value" + decrypt_usage);
    BOOST_TEST(refusal({"decrypt", "a", "-o", ""}) == "decrypt: '-o' needs a value" + decrypt_usage);
    BOOST_TEST(refusal({"decrypt", "a", "b"}) ==
               "decrypt: nothing may follow here, but 'b' does" + decrypt_usage);
}

BOOST_AUTO_TEST_CASE(an_unknown_command_gets_the_nearest_one_and_an_example) {
    BOOST_TEST(refusal({"uplaod", "a"}) ==
               "unknown command 'uplaod': did you mean 'upload'? For example: upload photo.jpg");
    BOOST_TEST(refusal({"send"}) ==
               "unknown command 'send': did you mean 'send-image'? For example: send-image photo.jpg");
    BOOST_TEST(refusal({"xyzzy"}, {.invocation = "client alice"}) ==
               "unknown command 'xyzzy': 'help' lists them, for example: client alice upload photo.jpg");
    BOOST_TEST(refusal({}) == "no command: 'help' lists them, for example: upload photo.jpg");
    BOOST_TEST(refusal({""}) == "unknown command '': 'help' lists them, for example: upload photo.jpg");
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_a_command_was_meant_to_be_uploaded) {
    const CommandHints hints{.invocation = "client alice",
                             .file_exists = [](const std::string& path) { return path != "upload"; }};
    BOOST_TEST(refusal({"photo.jpg"}, hints) == "did you mean: client alice upload photo.jpg");
    BOOST_TEST(refusal({"my photo.jpg"}, hints) == "did you mean: client alice upload my\\ photo.jpg");
    BOOST_TEST(parse({"status"}, hints).has_value()); // even where a file of that name exists
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(help)

BOOST_AUTO_TEST_CASE(fits_a_terminal_of_80_columns) {
    BOOST_TEST(help_text(80) ==
               "Available commands:\n"
               "  upload PATH...          encrypt each image through the cluster into images/\n"
               "  hide PATH --text TEXT|--file FILE|--cover COVER [--method adaptive|lsb]\n"
               "                          hide a text or a file in the picture PATH, or PATH in\n"
               "                          COVER, into images/\n"
               "  send-image PATH...      let the leader store each image\n"
               "  decrypt FILE [-o OUT]   open an encrypted file (needs no cluster)\n"
               "  extract FILE [-o OUT] [--method adaptive|lsb]\n"
               "                          show or save what is hidden in a picture (needs no\n"
               "                          cluster)\n"
               "  verify FILE [ORIGINAL]  check an encrypted file, or compare it with ORIGINAL\n"
               "  capacity PATH           tell how much can be hidden in a picture (needs no\n"
               "                          cluster)\n"
               "  status                  show who leads\n"
               "  members                 list the nodes: role, load, last seen, address\n"
               "  discover                ask again who leads\n"
               "  doctor                  find what is wrong with the network, say what to do\n"
               "  register [ADDR]         make this user known, reached at ADDR (HOST:PORT)\n"
               "  online                  list the users that are online\n"
               "  users                   list all registered users\n"
               "  gallery [USER]          list the stored images of USER\n"
               "  get NAME                fetch a stored image (of another user: USER/NAME)\n"
               "  put PATH                store an image in this user's gallery\n"
               "  help [COMMAND]          show this list, or one command with an example\n"
               "  quit                    leave (also: exit, Ctrl-D)\n");
    BOOST_TEST(longest_line(help_text(80)) <= 80U);
}

BOOST_AUTO_TEST_CASE(wraps_for_a_terminal_of_40_columns) {
    BOOST_TEST(help_text(40).starts_with("Available commands:\n"
                                         "  upload PATH...\n"
                                         "      encrypt each image through the\n"
                                         "      cluster into images/\n"
                                         "  hide PATH --text"));
}

BOOST_AUTO_TEST_CASE(one_command_comes_with_an_example) {
    BOOST_TEST(help_text(80, "upload") == "upload PATH...\n"
                                          "  encrypt each image through the cluster into images/\n"
                                          "  example: upload photo.jpg\n");
    BOOST_TEST(help_text(80, "nonsense") == help_text(80));
}

BOOST_AUTO_TEST_SUITE_END()
