#include "unit/repl/session.hpp"

#include <boost/test/unit_test.hpp>

using namespace cp;
using namespace cp::client;
using namespace cp::client::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(waiting)

BOOST_AUTO_TEST_CASE(every_five_seconds_a_line_says_what_is_waited_for) {
    Session s;
    BOOST_TEST((s.printer.deadline() == never));
    s.begin();
    BOOST_TEST((s.printer.deadline() == s.now + 5s));
    s.now += 5s - 1ns;
    s.printer.on_deadline(s.now, {Waiting::For::leader, 2, {}});
    BOOST_TEST(s.said() == "");
    s.now += 1ns;
    s.printer.on_deadline(s.now, {Waiting::For::cluster, 0, {}});
    s.now = s.printer.deadline();
    s.printer.on_deadline(s.now, {Waiting::For::leader, 2, {}});
    s.now = s.printer.deadline();
    s.printer.on_deadline(s.now, {Waiting::For::leader, 1, {}});
    s.now = s.printer.deadline();
    s.printer.on_deadline(s.now, {Waiting::For::answer, 3, NodeId{3}});
    BOOST_TEST(s.said() == "No node answered yet (5 s); 'doctor' looks for the reason\n"
                           "No leader (electing; 2 members seen)\n"
                           "No leader (electing; 1 member seen)\n"
                           "Waiting for the answer of server 3 (20 s)\n");
}

BOOST_AUTO_TEST_CASE(what_moves_is_not_waited_for) {
    Session s;
    s.begin();
    s.now += 4s;
    s.event(Progress{task, 10, 100});
    BOOST_TEST((s.printer.deadline() == s.now + 5s));
    s.printer.finish(uploaded());
    BOOST_TEST((s.printer.deadline() == never));
}

BOOST_AUTO_TEST_CASE(after_waiting_the_first_leader_is_news) {
    Session s;
    s.begin();
    s.now += 5s;
    s.printer.on_deadline(s.now, {Waiting::For::leader, 2, {}});
    s.event(TookOver{task, NodeId{}, NodeId{2}, 0, false});
    BOOST_TEST(s.said() == "No leader (electing; 2 members seen)\n"
                           "  ! Server 2 took over, nothing was sent yet\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(a_bar_comes_after_a_third_of_a_second_and_is_erased) {
    Session s{{.progress = true, .columns = 60}};
    s.begin();
    s.event(Progress{task, 0, 100'000'000});
    s.now += 299ms;
    s.event(Progress{task, 10'000'000, 100'000'000});
    BOOST_TEST(s.complained() == "");
    BOOST_TEST((s.printer.deadline() == s.now + 1ms));
    s.now += 1ms;
    s.printer.on_deadline(s.now, {});
    const std::string bar = "[##                      ] 10.0/100.0 MB 33.3 MB/s 3 s left";
    BOOST_TEST(s.complained() == '\r' + bar);
    BOOST_TEST((s.printer.deadline() == s.now + 100ms));

    s.event(TookOver{task, NodeId{3}, NodeId{2}, 1, false});
    BOOST_TEST(s.complained() == '\r' + std::string(bar.size(), ' ') + '\r');
    s.now += 100ms;
    s.printer.on_deadline(s.now, {});
    s.answer(2);
    const std::string last = s.complained();
    BOOST_TEST(last.ends_with(" \r"));
    BOOST_TEST((s.printer.deadline() == s.now + 5s)); // no bar is due any more
}

BOOST_AUTO_TEST_CASE(no_terminal_no_bar) {
    Session s;
    s.begin();
    s.event(Progress{task, 0, 100});
    s.now += 1s;
    s.event(Progress{task, 50, 100});
    s.printer.on_deadline(s.now, {});
    BOOST_TEST(s.complained() == "");
}

BOOST_AUTO_TEST_SUITE_END()
