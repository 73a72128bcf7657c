// The prompt on a real pseudo-terminal: what a person types stands ready in it before anybody reads.
#include "repl/history_file.hpp"
#include "repl/line_source.hpp"
#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <thread>
#include <unistd.h>

using namespace cp;
using namespace cp::client;
using cp::test::read_text;
using cp::test::TempFolder;

// tgetent(3) remembers four terminals and forgets to free a string of the fifth: one of these tests.
extern "C" const char* __lsan_default_suppressions() { return "leak:libtinfo"; }

namespace {

class Terminal {
public:
    Terminal() : master_{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)} {
        BOOST_TEST_REQUIRE(master_ >= 0);
        BOOST_TEST_REQUIRE(::grantpt(master_) == 0);
        BOOST_TEST_REQUIRE(::unlockpt(master_) == 0);
        const int slave = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        BOOST_TEST_REQUIRE(slave >= 0);
        // What is typed ahead must reach the editor as it is, not be edited by the kernel.
        ::tcgetattr(slave, &cooked_);
        termios raw = cooked_;
        ::cfmakeraw(&raw);
        ::tcsetattr(slave, TCSANOW, &raw);
        in_ = ::fdopen(slave, "r");
        out_ = ::fdopen(::dup(slave), "w");
        // Somebody must look at the screen, or writing to it blocks. Ends when all slaves are closed.
        screen_reader_ = std::thread{[this] {
            char c = 0;
            while (::read(master_, &c, 1) == 1) screen_ += c;
        }};
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        if (in_ != nullptr) screen();
        ::close(master_);
    }

    void cook() { ::tcsetattr(::fileno(in_), TCSANOW, &cooked_); }
    // Before anybody reads. Returns when it has arrived: the editor goes through the kernel's line mode when
    // it starts, and what arrived then would be edited.
    void type(std::string_view keys) {
        BOOST_TEST_REQUIRE(::write(master_, keys.data(), keys.size()) == static_cast<ssize_t>(keys.size()));
        int arrived = 0;
        while (arrived < static_cast<int>(keys.size())) {
            BOOST_TEST_REQUIRE(::ioctl(::fileno(in_), FIONREAD, &arrived) == 0);
            std::this_thread::yield();
        }
    }
    [[nodiscard]] TerminalOptions options() const {
        return {.prompt = "älice> ", .history = history, .in = in_, .out = out_};
    }
    // Closes the terminal and returns all that was on it.
    std::string screen() {
        std::fclose(std::exchange(in_, nullptr));
        std::fclose(out_);
        screen_reader_.join();
        return screen_;
    }

    TempFolder folder;
    std::filesystem::path history = folder / "state/cloudp2p/history";

private:
    int master_;
    termios cooked_{};
    std::FILE* in_ = nullptr;
    std::FILE* out_ = nullptr;
    std::string screen_;
    std::thread screen_reader_;
};

struct Fixture {
    Fixture() {
        ::setenv("TERM", "xterm", 1);
        ::setenv("HOME", "/nonexistent", 1); // no ~/.editrc of whoever runs the test
    }
    Terminal terminal;
};

std::string joined(const std::optional<Line>& line) {
    if (!line) return "(end)";
    if (line->words.has_error()) return '!' + line->words.error().line;
    std::string out;
    for (const std::string& word : *line->words) out += '[' + word + ']';
    return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(prompt, Fixture)

BOOST_AUTO_TEST_CASE(a_typed_line_arrives_as_words) {
    terminal.type("\r  # only a comment\rupload 'my größe.png'\rquit 'x\r\x04");
    {
        const auto lines = terminal_lines(terminal.options());
        BOOST_TEST(joined(lines->next()) == "[upload][my größe.png]");
        BOOST_TEST(joined(lines->next()) == "!the quote ' at column 6 is not closed");
        BOOST_TEST(joined(lines->next()) == "(end)");
        BOOST_TEST(joined(lines->next()) == "(end)");
    }
    BOOST_TEST(terminal.screen().find("älice> ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(control_c_discards_the_line_and_the_session_goes_on) {
    terminal.type("upload a\x03\x03status\rquit\x1b[D\x03\x04");
    const auto lines = terminal_lines(terminal.options());
    BOOST_TEST(joined(lines->next()) == "[status]");
    BOOST_TEST(joined(lines->next()) == "(end)");
    BOOST_TEST(read_text(terminal.history) == "status\n");
}

BOOST_AUTO_TEST_CASE(tab_completes_commands_and_names_with_spaces) {
    const std::string name = terminal.folder.path().native() + "/my picture.png";
    cp::test::write_text(name, "x");
    terminal.type("upl\t" + terminal.folder.path().native() + "/my\t\r\x04");
    const auto lines = terminal_lines(terminal.options());
    BOOST_TEST(joined(lines->next()) == "[upload][" + name + "]");
}

BOOST_AUTO_TEST_CASE(the_arrow_key_brings_back_lines_of_earlier_sessions) {
    append_history(terminal.history, "upload old.png");
    terminal.type("\x1b[A\r\x04");
    const auto lines = terminal_lines(terminal.options());
    BOOST_TEST(joined(lines->next()) == "[upload][old.png]");
    BOOST_TEST(read_text(terminal.history) == "upload old.png\n"); // once is enough
}

BOOST_AUTO_TEST_CASE(stop_ends_a_prompt_and_restores_the_terminal) {
    terminal.cook();
    const auto lines = terminal_lines(terminal.options());
    std::thread stopper{[&] { lines->stop(); }};
    BOOST_TEST(joined(lines->next()) == "(end)");
    stopper.join();
    termios after{};
    ::tcgetattr(::fileno(terminal.options().in), &after);
    // Line by line, shown, and with Ctrl-C as a signal again.
    for (int flag : {ICANON, ECHO, ISIG}) BOOST_TEST((after.c_lflag & static_cast<tcflag_t>(flag)) != 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(history)

BOOST_AUTO_TEST_CASE(is_readable_by_its_owner_only_and_keeps_the_order) {
    const TempFolder folder;
    const auto path = folder / "a/b/history";
    append_history(path, "one");
    ::chmod(path.c_str(), 0644);
    append_history(path, "two");
    struct stat info {};
    ::stat(path.c_str(), &info);
    BOOST_TEST((info.st_mode & 0777U) == 0600U);
    BOOST_TEST(load_history(path) == (std::vector<std::string>{"one", "two"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keeps_the_latest_lines_and_shortens_the_file) {
    const TempFolder folder;
    std::string text;
    for (std::size_t i = 0; i <= 2 * history_lines_max; ++i) text += std::to_string(i) + '\n';
    cp::test::write_text(folder / "history", text);
    const auto lines = load_history(folder / "history");
    BOOST_TEST(lines.size() == history_lines_max);
    BOOST_TEST(lines.back() == "2000");
    BOOST_TEST(read_text(folder / "history").starts_with("1001\n"));
}

BOOST_AUTO_TEST_CASE(failures_are_silent) {
    BOOST_TEST(load_history("/nonexistent/history").empty());
    append_history("/proc/none/history", "x");
}

BOOST_AUTO_TEST_SUITE_END()
