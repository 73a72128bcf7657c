#include "repl/line_source.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <thread>
#include <unistd.h>

using namespace cp;
using namespace cp::client;

namespace {

// A pipe with the whole script in it, closed behind it.
class Script {
public:
    explicit Script(const std::string& text) {
        BOOST_TEST_REQUIRE(::pipe(ends_.data()) == 0);
        // From another thread: a long script does not fit into the pipe.
        writer_ = std::thread{[this, text] {
            static_cast<void>(!::write(ends_[1], text.data(), text.size()));
            ::close(ends_[1]);
        }};
    }
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;
    ~Script() {
        ::close(ends_[0]);
        writer_.join();
    }
    [[nodiscard]] int fd() const { return ends_[0]; }

private:
    std::array<int, 2> ends_{};
    std::thread writer_;
};

// "1: upload a|2: !reason|"
std::string all_of(const std::string& text) {
    const Script script{text};
    const auto lines = script_lines(script.fd());
    std::string out;
    while (const auto line = lines->next()) {
        out += std::to_string(line->number) + ':';
        if (line->words.has_error()) out += " !" + line->words.error().line;
        if (line->words.has_value()) {
            for (const std::string& word : *line->words) out += ' ' + word;
        }
        out += '|';
    }
    BOOST_TEST(!lines->next().has_value());
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scripts)

BOOST_AUTO_TEST_CASE(one_command_a_line_without_comments_and_blank_lines) {
    BOOST_TEST(all_of("upload a\n\n# comment\n  status # now\n\t\nquit\n") ==
               "1: upload a|4: status|6: quit|");
    BOOST_TEST(all_of("") == "");
    BOOST_TEST(all_of("\n\n#\n") == "");
}

BOOST_AUTO_TEST_CASE(files_from_other_systems_are_scripts_too) {
    BOOST_TEST(all_of("\xef\xbb\xbfupload a\r\n\r\nstatus\r\nquit") == "1: upload a|3: status|4: quit|");
}

BOOST_AUTO_TEST_CASE(a_line_that_cannot_be_cut_is_reported_and_the_next_one_is_read) {
    BOOST_TEST(all_of("upload 'a\nstatus\n") == "1: !the quote ' at column 8 is not closed|2: status|");
}

BOOST_AUTO_TEST_CASE(a_line_at_the_limit_is_read_and_a_longer_one_refused_alone) {
    const std::string longest(script_line_max, 'x');
    BOOST_TEST(all_of(longest + "\nstatus\n") == "1: " + longest + "|2: status|");
    BOOST_TEST(all_of(longest + "x\nstatus\n") == "1: !longer than 65536 bytes|2: status|");
    BOOST_TEST(all_of(longest + longest + longest) == "1: !longer than 65536 bytes|");
}

BOOST_AUTO_TEST_CASE(stop_ends_a_waiting_reader) {
    std::array<int, 2> ends{};
    BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0);
    const auto lines = script_lines(ends[0]);
    std::thread stopper{[&] { lines->stop(); }};
    BOOST_TEST(!lines->next().has_value()); // nothing was written, nothing is closed
    BOOST_TEST(!lines->next().has_value());
    stopper.join();
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(stop_drops_the_lines_that_were_read_ahead) {
    const Script script{"decrypt a\nupload b\nupload c\n"};
    const auto lines = script_lines(script.fd());
    BOOST_TEST(lines->next().has_value());
    lines->stop();
    BOOST_TEST(!lines->next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
