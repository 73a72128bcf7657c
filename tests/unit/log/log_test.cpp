#include "log/log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <sstream>
#include <thread>

using namespace cp;
using namespace cp::log;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::ostringstream& out) {
    std::istringstream in{out.str()};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A reader that does not read until it is let go.
class StuckBuffer : public std::stringbuf {
public:
    void let_go() {
        const std::lock_guard lock{mutex_};
        open_ = true;
        changed_.notify_all();
    }

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return open_; });
        return std::stringbuf::xsputn(text, size);
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(log_suite)

BOOST_AUTO_TEST_CASE(events_are_written_in_order_by_the_end_of_the_session) {
    std::ostringstream out;
    {
        const Session session{{.format = Format::json, .node = NodeId{3}, .sink = &out}};
        log_event(Level::info, "started", "Node 3 started", {{"version", "0.1.0"}});
        log_event(Level::warn, "stalled", "", {{"millis", 12}});
    }
    const auto lines = lines_of(out);
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(contains(lines[0], R"("node":3,"event":"started","version":"0.1.0")"));
    BOOST_TEST(contains(lines[1], R"("level":"warn","node":3,"event":"stalled","millis":12)"));
}

BOOST_AUTO_TEST_CASE(levels_below_the_threshold_are_dropped) {
    std::ostringstream out;
    {
        const Session session{{.level = Level::warn, .sink = &out}};
        BOOST_TEST(!enabled(Level::info));
        BOOST_TEST(enabled(Level::warn));
        log_event(Level::debug, "a", "");
        log_event(Level::info, "b", "");
        log_event(Level::warn, "c", "");
        log_event(Level::error, "d", "");
    }
    BOOST_TEST(lines_of(out).size() == 2U);
}

BOOST_AUTO_TEST_CASE(without_a_session_nothing_is_written_and_sessions_may_follow_one_another) {
    BOOST_TEST(!enabled(Level::error));
    log_event(Level::error, "lost", "nobody hears this");
    std::ostringstream first;
    std::ostringstream second;
    {
        const Session session{{.sink = &first}};
        log_event(Level::info, "one", "");
    }
    log_event(Level::error, "lost", "nor this");
    {
        const Session session{{.sink = &second}};
        log_event(Level::info, "two", "");
    }
    BOOST_TEST(lines_of(first).size() == 1U);
    BOOST_TEST(lines_of(second).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_node_that_learns_its_number_late_logs_with_it) {
    std::ostringstream out;
    {
        const Session session{{.sink = &out}};
        log_event(Level::info, "early", "");
        set_node(NodeId{77});
        log_event(Level::info, "late", "");
    }
    const auto lines = lines_of(out);
    BOOST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(!contains(lines[0], "node="));
    BOOST_TEST(contains(lines[1], "node=77"));
}

BOOST_AUTO_TEST_CASE(lines_of_many_threads_stay_whole) {
    constexpr int threads = 4;
    constexpr int each = 200; // all fit into the queue
    std::ostringstream out;
    {
        const Session session{{.sink = &out}};
        std::vector<std::thread> running;
        for (int t = 0; t < threads; ++t) {
            running.emplace_back([t] {
                for (int i = 0; i < each; ++i) log_event(Level::info, "e", "word", {{"thread", t}, {"i", i}});
            });
        }
        for (std::thread& thread : running) thread.join();
    }
    const auto lines = lines_of(out);
    BOOST_TEST(lines.size() == static_cast<std::size_t>(threads * each));
    for (int t = 0; t < threads; ++t) {
        int next = 0; // the lines of one thread come in its order
        for (const std::string& line : lines) {
            if (line.ends_with(" word thread=" + std::to_string(t) + " i=" + std::to_string(next))) ++next;
        }
        BOOST_TEST(next == each);
    }
}

BOOST_AUTO_TEST_CASE(a_stuck_reader_holds_up_nobody_and_every_lost_line_is_counted) {
    constexpr int total = 10'000; // more than the queue holds
    StuckBuffer buffer;
    std::ostream out{&buffer};
    {
        const Session session{{.format = Format::json, .sink = &out}};
        for (int i = 0; i < total; ++i) log_event(Level::info, "e", ""); // returns although nobody reads
        buffer.let_go();
    }
    std::ostringstream text;
    text << buffer.str();
    int written = 0;
    int lost = 0;
    for (const std::string& line : lines_of(text)) {
        const std::string_view count = R"("count":)";
        if (contains(line, "log_lines_lost"))
            lost += std::stoi(line.substr(line.find(count) + count.size()));
        else
            ++written;
    }
    BOOST_TEST(lost > 0);
    BOOST_TEST(written + lost == total);
}

BOOST_AUTO_TEST_SUITE_END()
