#include "unit/repl/session.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace cp;
using namespace cp::client;
using namespace cp::client::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(people)

BOOST_AUTO_TEST_CASE(the_session_of_the_seeds_word_for_word) {
    Session s;
    s.printer.welcome();
    s.begin();
    s.broadcast(3);
    s.decline(2);
    s.decline(1);
    s.event(Accepted{task, epoch, 2});
    s.answer(3);
    s.printer.finish(uploaded());
    s.printer.report("status", three);
    s.printer.discovering();
    s.printer.report("discover", three);
    s.begin("send-image");
    s.broadcast(3);
    s.decline(1);
    s.answer(3);
    s.printer.finish({.command = "send-image",
                      .path = "photo.jpg",
                      .ok = true,
                      .node = NodeId{3},
                      .bytes = 524288,
                      .req_id = "3f2a1b4c5d6e7f8a"});
    s.printer.goodbye();
    BOOST_TEST(s.said() == "=== Distributed Image Storage Client (REPL) ===\n"
                           "User: alice\n"
                           "Multicast mode: Broadcasting to all servers\n"
                           "Type 'help' for commands, 'quit' to exit\n"
                           "================================================\n"
                           "\n"
                           "Broadcasting request to 3 servers...\n"
                           "  Sending once to 239.255.67.81:7701 (lo)\n"
                           "  - Server 1 declined: Node 1 is not the leader\n"
                           "  - Server 2 declined: Node 2 is not the leader\n"
                           "  ✓ Leader (server 3) processed request\n"
                           "✓ Success!\n"
                           "Encrypted image saved to: images/encrypted_test_image_1730738456.png\n"
                           "(encrypted: open it with 'decrypt FILE')\n"
                           "(the key is made of your user name: it hides nothing from those who know it)\n"
                           "Current leader: Node 3\n"
                           "Discovering leader...\n"
                           "Leader discovered: Node 3\n"
                           "✓ Sent image 3f2a1b4c5d6e7f8a to leader (node 3) — 524288 bytes\n"
                           "✓ SUCCESS: Image 3f2a1b4c5d6e7f8a was accepted by the server\n"
                           "Goodbye!\n");
    BOOST_TEST(s.complained() == "");
}

BOOST_AUTO_TEST_CASE(hints_come_once_a_session) {
    Session s;
    s.begin();
    s.printer.finish(uploaded());
    static_cast<void>(s.said());
    s.begin();
    s.printer.finish(uploaded());
    BOOST_TEST(s.said() == "✓ Success!\n"
                           "Encrypted image saved to: images/encrypted_test_image_1730738456.png\n");
}

BOOST_AUTO_TEST_CASE(a_takeover_stands_before_the_check_marks) {
    Session s;
    s.begin();
    s.broadcast(3);
    s.decline(1);
    s.decline(2);
    s.event(TookOver{task, NodeId{3}, NodeId{2}, 1, false});
    s.decline(1);
    s.answer(2);
    BOOST_TEST(s.said() == "Broadcasting request to 3 servers...\n"
                           "  Sending once to 239.255.67.81:7701 (lo)\n"
                           "  - Server 1 declined: Node 1 is not the leader\n"
                           "  - Server 2 declined: Node 2 is not the leader\n"
                           "  ! Leader (server 3) died; server 2 took over, nothing sent again\n"
                           "  ✓ Leader (server 2) processed request\n");
}

BOOST_AUTO_TEST_CASE(a_takeover_tells_how_it_came_and_what_was_sent) {
    Session s;
    s.begin("send-image");
    s.event(TookOver{task, NodeId{3}, NodeId{2}, 1, true});
    s.event(TookOver{task, NodeId{2}, NodeId{1}, 2, false});
    s.event(TookOver{task, NodeId{1}, NodeId{4}, 0, false});
    s.event(TookOver{task, NodeId{}, NodeId{4}, 0, false}); // the usual start: no news
    BOOST_TEST(s.said() == "  ! Leader (server 3) left; server 2 took over, nothing sent again\n"
                           "  ! Leader (server 2) died; server 1 took over, sending again\n"
                           "  ! Leader (server 1) died; server 4 took over, nothing was sent yet\n");
}

BOOST_AUTO_TEST_CASE(a_payload_that_nobody_holds_any_more_is_sent_again_with_one_line) {
    Session s;
    s.begin();
    s.event(SendingAgain{task, 2});
    BOOST_TEST(s.said() == "  ! No server holds the image any more; sending again\n");
}

BOOST_AUTO_TEST_CASE(up_to_eight_declines_are_named_and_more_are_counted) {
    Session nine;
    nine.begin();
    nine.broadcast(9);
    static_cast<void>(nine.said());
    for (std::uint32_t node = 8; node > 0; --node) nine.decline(node);
    nine.answer(9);
    const std::string named = nine.said();
    BOOST_TEST(named.starts_with("  - Server 1 declined: Node 1 is not the leader\n  - Server 2 declined"));
    BOOST_TEST(std::ranges::count(named, '\n') == 9);

    Session hundred;
    hundred.begin();
    hundred.broadcast(100);
    static_cast<void>(hundred.said());
    for (std::uint32_t node = 1; node <= 8; ++node) hundred.decline(node);
    hundred.event(TookOver{task, NodeId{100}, NodeId{99}, 1, false});
    hundred.answer(99);
    BOOST_TEST(hundred.said() == "  - 99 servers declined: not the leader\n"
                                 "  ! Leader (server 100) died; server 99 took over, nothing sent again\n"
                                 "  ✓ Leader (server 99) processed request\n");
}

BOOST_AUTO_TEST_CASE(a_leader_alone_is_one_server) {
    Session s;
    s.begin();
    s.broadcast(1);
    s.answer(3);
    BOOST_TEST(s.said() == "Broadcasting request to 1 server...\n"
                           "  Sending once to 239.255.67.81:7701 (lo)\n"
                           "  ✓ Leader (server 3) processed request\n");
}

BOOST_AUTO_TEST_CASE(events_of_a_cancelled_task_are_not_shown) {
    Session s;
    const TaskId other{ClientId{0x7f3c}, 11};
    s.event(Broadcasting{task, 3}); // nothing is under way
    s.begin();
    s.event(Broadcasting{other, 3});
    s.event(Answered{other, NodeId{3}, epoch, {}, 1});
    s.event(LeaderChanged{NodeId{2}, epoch});
    BOOST_TEST(s.said() == "");
}

BOOST_AUTO_TEST_CASE(several_paths_get_a_heading_each) {
    Session s;
    s.printer.begin({.command = "upload", .path = "b\n.png", .task = task, .index = 2, .count = 3}, s.now);
    BOOST_TEST(s.said() == "b\\n.png (2 of 3)\n");
}

BOOST_AUTO_TEST_CASE(a_failure_is_one_line_on_standard_error) {
    Session s;
    s.begin();
    s.event(Failed{task, errc::no_leader, "no leader answered", 0});
    s.printer.finish(failed("upload", "b.png", errc::no_leader, "no leader answered within 30 s"));
    s.printer.finish(failed("upload", "b.png", errc::not_found, "b.png: no such file"));
    s.printer.finish(failed("status", "", errc::other_key, "another key"));
    s.printer.error({errc::usage, "no command"});
    BOOST_TEST(s.said() == "");
    BOOST_TEST(s.complained() == "✗ upload b.png: no leader answered within 30 s\n"
                                 "✗ upload: b.png: no such file\n"
                                 "✗ status: another key\n"
                                 "no command\n");
}

BOOST_AUTO_TEST_CASE(local_commands_say_what_they_did) {
    Session s;
    CommandResult decrypted{.command = "decrypt", .path = "a.png", .ok = true, .file = "decrypted_a.png"};
    CommandResult verified{.command = "verify", .path = "a.png", .ok = true, .bytes = 1, .sha256 = "ab12"};
    s.printer.finish(decrypted);
    s.printer.finish(verified);
    verified.original = "o.png";
    verified.bytes = 2;
    s.printer.finish(verified);
    BOOST_TEST(s.said() == "✓ Decrypted image saved to: decrypted_a.png\n"
                           "✓ a.png: undamaged (1 byte, SHA-256 ab12)\n"
                           "✓ a.png: the same image as o.png (2 bytes, SHA-256 ab12)\n");
}

BOOST_AUTO_TEST_CASE(no_leader_is_said_with_the_members_that_are_there) {
    Session s;
    StatusReport electing = three;
    electing.leader = {};
    for (const char* command : {"status", "discover"}) s.printer.report(command, electing);
    BOOST_TEST(s.said() == "No leader (electing; 2 members seen)\nNo leader (electing; 2 members seen)\n");
}

BOOST_AUTO_TEST_CASE(where_nobody_is_a_program_gets_the_empty_status_and_a_person_the_reason) {
    const CommandResult nobody = failed("status", "", errc::no_cluster, "no node answered within 500 ms");
    Session person, program{{.json = true}};
    person.printer.nobody(nobody);
    BOOST_TEST(person.complained() == "✗ status: no node answered within 500 ms\n");
    program.printer.nobody(nobody);
    BOOST_TEST(program.said() == R"({"event":"status","leader":null,"epoch":null,"members":[]})"
                                 "\n");
}

BOOST_AUTO_TEST_CASE(members_are_a_table_where_it_fits) {
    Session s;
    s.printer.report("members", three);
    BOOST_TEST(s.said() == "ID  ROLE      STATE  LOAD      SEEN  ADDRESS          PATH  API\n"
                           " 1  follower  alive  12.2    104 ms  127.0.0.1:41229  lo    -\n"
                           " 2  follower  gone      -  1:01 min  127.0.0.1:41230  lo    -\n"
                           " 3  leader    alive   4.2     11 ms  127.0.0.1:41231  lo    127.0.0.1:3000\n");
    s.printer.set_columns(40);
    s.printer.report("members", three);
    BOOST_TEST(s.said().ends_with("Node 3: leader, alive\n"
                                  "  load 4.2, seen 11 ms ago\n"
                                  "  127.0.0.1:41231 over lo\n"
                                  "  API 127.0.0.1:3000\n"));
}

BOOST_AUTO_TEST_CASE(the_doctor_gives_advice_below_what_is_wrong) {
    Session s{{.columns = 40}};
    const std::vector<DoctorLine> lines{
        {DoctorLine::Level::ok, "interface lo is up", ""},
        {DoctorLine::Level::fail, "no node was heard on 239.255.67.80:7700", "start one: node 1"}};
    s.printer.doctor(lines);
    BOOST_TEST(s.said() == "ok    interface lo is up\n"
                           "fail  no node was heard on\n"
                           "      239.255.67.80:7700\n"
                           "      -> start one: node 1\n");
}

BOOST_AUTO_TEST_CASE(quiet_leaves_errors_only) {
    Session s{{.quiet = true, .progress = true}};
    s.printer.welcome();
    s.begin();
    s.broadcast(3);
    s.event(Progress{task, 1, 100});
    s.now += 10s;
    s.printer.on_deadline(s.now, {});
    s.answer(3);
    s.printer.finish(uploaded());
    s.printer.report("status", three);
    s.printer.finish(failed("upload", "b.png", errc::busy, "busy"));
    BOOST_TEST(s.said() == "");
    BOOST_TEST(s.complained() == "✗ upload b.png: busy\n");
}

BOOST_AUTO_TEST_SUITE_END()
